"""
A user's phone goes back to the pool (flows.md 5), as confd drives it.
"""

from __future__ import annotations

from typing import Any

from tests.flows.office import USER, FlowCase
from tests.rest.case import AGENT, OWN


class Reset(FlowCase):
    async def _set_up(self) -> None:
        await super()._set_up()
        await self.claim(USER)
        await self.reboot()
        options = {"switchboard": True}
        await self.step(
            "PUT",
            self.path,
            {"device": {**self.device, "options": options}},
            tenant=self.customer,
            device={"options": options},
        )

    async def autocreate(self) -> dict[str, Any]:
        """
        Have a config autocreated, as it must be; return it.
        """
        answer = await self.confd("POST", "/cfg_mgr/autocreate", {}, self.customer)
        made = str(answer.json["id"])
        self.assertEqual((answer.status, answer.json), (201, {"id": made}))
        self.assertEqual(answer.header("Location"), f"/0.2/cfg_mgr/configs/{made}")
        self.assertRegex(made, r"\Aautoprov[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
        config = {
            "id": made,
            "parent_ids": ["autoprov"],
            "raw_config": self.configs["autoprov"]["raw_config"],
            "transient": True,
        }
        self.configs = {**self.configs, made: config}
        await self.check()
        answer = await self.step("GET", f"/cfg_mgr/configs/{made}", status=200)
        self.assertEqual(answer.json, {"config": config})
        return config

    async def reset(self, drops: str | None = None) -> str:
        """
        Have confd give the phone a new config of its own, but for the removal of the old one.

        :param drops: the config that goes with it.
        """
        config = await self.autocreate()
        made = str(config["id"])
        document = {key: value for key, value in self.device.items() if key != "options"}
        await self.step(
            "PUT",
            self.path,
            {"device": {**document, "config": made}},
            tenant=self.customer,
            device={"config": made, "options": None},
            configs={} if drops is None else {drops: None},
            serves=[self.autoprov],
        )
        await self.step("PUT", f"/cfg_mgr/configs/{made}", {"config": config}, tenant=self.customer)
        return made

    async def test_once_and_again_as_for_the_last_of_its_lines(self) -> None:
        self.assertEqual(self.device["remote_state_sip_username"], USER)
        first = await self.reset()
        await self.step("DELETE", self.own_config, tenant=self.customer, configs={self.device_id: None})
        second = await self.reset(drops=first)
        self.assertNotEqual(first, second)
        answer = await self.confd("DELETE", f"/cfg_mgr/configs/{first}", tenant=self.customer)
        self.refused(answer, 404, "not-found")
        self.refused(await self.confd("DELETE", self.own_config), 404, "not-found")
        await self.check()
        self.assertEqual(
            (self.device["tenant_uuid"], self.device["is_new"], self.device["configured"]),
            (self.customer, False, True),
        )
        # The phone still runs the account that it fetched last: that is where it can be notified.
        self.assertEqual(await self.synchronized(self.customer), [self.ADDRESS if self.ASKS else USER])
        await self.reboot()
        self.assertEqual(await self.synchronized(self.customer), [self.ADDRESS])
        self.assertEqual((await self.confd("DELETE", self.path, tenant=self.customer)).status, 204)
        self.assertEqual(self.site.devices(), [self.neighbor])
        del self.configs[second]
        self.assertEqual(await self.get_configs(), self.configs)
        self.assertFalse((self.site.served() / OWN).exists())

    async def test_a_phone_of_another_tenant_is_not_reset(self) -> None:
        made = await self.autocreate()
        body = {"device": {**self.device, "config": made["id"]}}
        self.refused(await self.confd("PUT", self.path, body, self.other), 404, "not-found")
        await self.check()


class ResetOfAPhoneThatAsksAllTheTime(Reset):
    ASKS = True


class ResetOverIPv6(Reset):
    ADDRESS = "::1"


class RemoteState(FlowCase):
    """
    The user that the phone runs (raw-config.md 11).
    """

    async def test_it_is_lost_if_a_client_leaves_it_out_until_the_phone_fetches_again(self) -> None:
        await self.claim(USER)
        await self.reboot()
        document = {k: v for k, v in self.device.items() if k != "remote_state_sip_username"}
        await self.step(
            "PUT",
            self.path,
            {"device": document},
            tenant=self.customer,
            device={"remote_state_sip_username": None},
        )
        self.assertEqual(await self.synchronized(self.customer), [self.ADDRESS])
        await self.reboot()
        self.assertEqual(await self.synchronized(self.customer), [USER])

    async def test_it_is_the_user_of_line_1_of_the_config_itself(self) -> None:
        await self.claim(USER)
        await self.reboot()
        await self.put_lines({"2": {"username": "second"}})
        await self.site.get(OWN, AGENT)
        self.assertEqual((await self.get_device())["remote_state_sip_username"], USER)

    async def put_lines(self, lines: dict[str, Any]) -> None:
        config = {**self.configs[self.device_id], "raw_config": {"sip_lines": lines}}
        answer = await self.confd("PUT", self.own_config, {"config": config}, self.customer)
        self.assertEqual(answer.status, 204, answer.text)

    async def test_only_ap_and_eight_characters_is_an_account_that_all_share(self) -> None:
        await self.claim(USER)
        for user, whom in (
            ("ap12345678", self.ADDRESS),
            ("ap1234567", "ap1234567"),
            ("ap123456789", "ap123456789"),
            ("AP12345678", "AP12345678"),
            ("xap1234567", "xap1234567"),
        ):
            config = {**self.configs[self.device_id]}
            config["raw_config"]["sip_lines"]["1"]["username"] = user
            await self.step(
                "PUT",
                self.own_config,
                {"config": config},
                tenant=self.customer,
                configs={self.device_id: config},
                serves=[user],
            )
            await self.reboot()
            self.assertEqual(await self.synchronized(self.customer), [whom])

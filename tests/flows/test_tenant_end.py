"""
A tenant is deleted (flows.md 8): what was its own goes with it, passwords first of all.
"""

from __future__ import annotations

from tests.flows.office import NEIGHBORS_OWN, USER, FlowCase, users_in
from tests.rest.case import AGENT, OWN


class TenantEnd(FlowCase):
    async def _set_up(self) -> None:
        await super()._set_up()
        self.customer = self.branch
        await self.claim(USER)

    async def add(self, device_id: str, config: str, tenant: str) -> None:
        body = {"device": {"id": device_id, "config": config, "mac": f"00:15:65:aa:bb:0{device_id[-1]}"}}
        body["device"].update(vendor="Yealink", model="T46S", plugin="yealink")
        self.assertEqual((await self.confd("POST", "/dev_mgr/devices", body, tenant)).status, 201)

    async def test_devices_configs_and_files_go_and_those_of_others_stay(self) -> None:
        transient = (await self.confd("POST", "/cfg_mgr/autocreate", {}, self.branch)).json["id"]
        for config_id, more in (
            ("kept", {"deletable": False}),
            ("shared", {}),
            ("parent", {}),
            ("child", {}),
        ):
            parents = ["parent"] if config_id == "child" else ["autoprov"]
            config = {"id": config_id, "parent_ids": parents, "raw_config": {}, **more}
            self.assertEqual((await self.confd("POST", "/cfg_mgr/configs", {"config": config})).status, 201)
        for device_id, config_id, tenant in (
            ("d3", transient, self.branch),
            ("d4", "kept", self.branch),
            ("d5", "shared", self.branch),
            ("d6", "shared", self.other),
            ("d7", "parent", self.branch),
        ):
            await self.add(device_id, config_id, tenant)
        files = {file.name for file in self.site.served().glob("001565aabb*.cfg")}
        self.assertEqual(files, {f"001565aabb0{number}.cfg" for number in range(1, 8)})
        answer = await self.api.delete(f"/auth/tenants/{self.branch}")
        self.assertEqual(answer.status, 204, answer.text)
        self.assertEqual({device["id"] for device in self.site.devices()}, {self.neighbor["id"], "d6"})
        configs = await self.get_configs()
        for config_id in (self.device_id, transient):
            self.configs.pop(config_id, None)
        self.assertEqual(set(configs), {*self.configs, "kept", "shared", "parent", "child"})
        files = {file.name for file in self.site.served().glob("001565aabb*.cfg")}
        self.assertEqual(files, {NEIGHBORS_OWN, "001565aabb06.cfg"})
        self.assertEqual(self.site.parts.store.devices.get(self.neighbor["id"]), self.neighbor)

    async def test_its_phones_are_new_ones_when_they_ask_again(self) -> None:
        await self.api.delete(f"/auth/tenants/{self.branch}")
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)
        (device,) = [device for device in self.site.devices() if device["id"] != self.neighbor["id"]]
        self.assertNotEqual(device["id"], self.device_id)
        self.assertEqual(
            (device["tenant_uuid"], device["is_new"], device["configured"]), (self.master, True, True)
        )
        self.assertEqual(users_in(self.site.served() / OWN), [self.autoprov])

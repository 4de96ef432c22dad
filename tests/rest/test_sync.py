"""
Whether it worked: the state of a device that was synchronized, over the API.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from twisted.internet.defer import Deferred

from provd.app import syncstates
from provd.sync.current import set_sync_service
from provd.sync.sip import CannotNotify
from tests.logged import logged
from tests.rest.case import AGENT, LINE, OWN, ApiCase
from tests.rest.described import described


class Held:
    """
    A synchronizer that waits until the test says how it went.
    """

    TYPE = "AsteriskAMI"

    def __init__(self) -> None:
        self.sending: Deferred[None] = Deferred()

    def sip_notify_by_ip(self, whom: Any, event: str, extra_vars: Any = None) -> Deferred[None]:
        self.sending = Deferred()
        return self.sending

    sip_notify_device = sip_notify_by_peer = sip_notify_by_ip


class SynchronizationOfADevice(ApiCase):
    async def _set_up(self) -> None:
        await super()._set_up()
        self.held = Held()
        set_sync_service(self.held)
        self.addCleanup(set_sync_service, None)
        self.device_id = await self.boot()
        self.path = f"/dev_mgr/devices/{self.device_id}"

    async def begin(self) -> str | None:
        answer = await self.api.post("/dev_mgr/synchronize", {"id": self.device_id})
        self.assertEqual(answer.status, 201, answer.text)
        return answer.header("Location")

    async def notify(self) -> None:
        location = await self.begin()
        self.held.sending.callback(None)
        self.assertEqual(await self.api.finished(location), "success")

    async def listed(self, query: str) -> list[dict[str, Any]]:
        answer = await self.api.get(f"/dev_mgr/devices?{query}")
        self.assertEqual(answer.status, 200, answer.text)
        described("DeviceList").validate(answer.json)
        found: list[dict[str, Any]] = answer.json["devices"]
        return found

    async def state(self) -> str:
        return str((await self.shown())["state"])

    async def shown(self) -> dict[str, Any]:
        """
        Return what is shown of it, as it is described.
        """
        device = await self.device(self.device_id)
        described("Device").validate(device)
        shown: dict[str, Any] = device["sync"]
        self.assertLessEqual(set(shown), {"state", "at", "why"})
        return shown

    async def test_from_the_notify_to_the_current_file_and_past_it(self) -> None:
        document = await self.device(self.device_id)
        self.assertNotIn("sync", document)
        location = await self.begin()
        self.assertEqual((await self.api.get(location or "")).json, {"status": "progress"})
        self.assertEqual(await self.state(), "pending")
        self.held.sending.callback(None)
        self.assertEqual(await self.api.finished(location), "success")
        self.assertEqual(await self.state(), "notified")
        await self.site.get("y000000000066.cfg", AGENT)
        self.assertEqual(await self.state(), "notified")
        await self.site.get(OWN, AGENT)
        device = await self.device(self.device_id)
        shown = device.pop("sync")
        self.assertEqual((device, set(shown), shown["state"]), (document, {"state", "at"}, "applied"))
        age = datetime.now(UTC) - datetime.fromisoformat(shown["at"])
        self.assertTrue(timedelta() <= age < timedelta(minutes=1), shown)
        config = (await self.api.get(f"/cfg_mgr/configs/{device['config']}")).json["config"]
        config["raw_config"]["sip_lines"]["1"] = LINE
        await self.api.put(f"/cfg_mgr/configs/{device['config']}", {"config": config})
        self.assertEqual(await self.state(), "fetched")
        await self.site.tftp(OWN)
        self.assertEqual(await self.state(), "applied")
        await self.api.post("/dev_mgr/reconfigure", {"id": self.device_id})  # the same, written anew
        self.assertEqual(await self.state(), "applied")
        await self.notify()
        self.assertEqual(await self.state(), "notified")

    async def test_it_has_failed_if_nobody_was_notified(self) -> None:
        location = await self.begin()
        self.held.sending.errback(CannotNotify("no way"))
        self.assertEqual(await self.api.finished(location), "fail")
        shown = await self.shown()
        self.assertEqual((shown["state"], shown["why"]), ("failed", "no way"))
        location = await self.begin()
        with logged() as events:
            self.held.sending.errback(ValueError("s3cret"))
            self.assertEqual(await self.api.finished(location), "fail")
        shown = await self.shown()
        self.assertEqual((shown["state"], shown["why"]), ("failed", "yealink failed; the log tells more"))
        self.assertIn("yealink failed to synchronize: ValueError at ", events.texts()[0])
        set_sync_service(None)
        self.assertEqual(await self.api.finished(await self.begin()), "fail")
        shown = await self.shown()
        self.assertEqual(shown["why"], "no service to send a SIP NOTIFY with")

    async def test_where_the_plugin_names_no_file_it_is_not_said_to_have_failed(self) -> None:
        self.patch(syncstates, "TIMEOUT", 0.0)
        await self.notify()
        self.assertEqual(await self.state(), "failed")
        plugin = self.site.parts.manager.get("yealink")
        for names_none in (lambda device: None, lambda device: 1 / 0, lambda device: 5):
            self.patch(plugin, "get_remote_state_trigger_filename", names_none)
            with logged():
                await self.notify()
            self.assertEqual(await self.state(), "notified")

    async def test_lists_show_it_where_it_is_wanted(self) -> None:
        await self.api.post("/dev_mgr/devices", {"device": {"id": "other"}})
        await self.notify()
        shown = await self.shown()
        mine, other = await self.listed("")
        self.assertEqual((mine["sync"], "sync" in other), (shown, False))
        self.assertEqual(mine, await self.device(self.device_id))
        for fields, expected in (
            ("sync", {"sync": shown}),
            ("sync.state", {"sync": {"state": "notified"}}),
            ("sync.state,mac,sync.why", {"sync": {"state": "notified"}, "mac": "00:15:65:aa:bb:01"}),
            ("mac", {"mac": "00:15:65:aa:bb:01"}),
            ("syn", {}),
        ):
            listed = await self.listed(f"fields={fields}")
            self.assertEqual(listed[0], {"id": self.device_id, **expected}, fields)
            self.assertNotIn("sync", listed[1])
        self.assertEqual(await self.listed('q={"sync.state":"notified"}'), [])
        answer = await self.api.get("/dev_mgr/devices?limit=1&skip=1&sort=id&sort_ord=ASC")
        self.assertEqual((len(answer.json["devices"]), answer.json["total"]), (1, 2))

    async def test_what_a_client_says_of_it_is_passed_over(self) -> None:
        await self.notify()
        store = self.site.parts.store.devices
        stored = store.get(self.device_id)
        device = await self.device(self.device_id)
        self.assertEqual((await self.api.put(self.path, {"device": device})).status, 204)
        self.assertEqual(store.get(self.device_id), stored)
        for device_id in ("a", "b"):
            body = {"device": {"id": device_id, "sync": {"state": "applied"}}}
            self.assertEqual((await self.api.post("/dev_mgr/devices", body)).status, 201)
            self.assertNotIn("sync", store.get(device_id))
        self.assertEqual((await self.api.put("/dev_mgr/devices/b", {"device": {"sync": 5}})).status, 204)
        self.assertNotIn("sync", await self.device("b"))

    async def test_a_key_of_that_name_in_an_older_document_is_not_taken_for_it(self) -> None:
        store = self.site.parts.store.devices
        await store.update({**store.get(self.device_id), "sync": "mine"})
        self.assertNotIn("sync", await self.device(self.device_id))
        self.assertEqual(await self.listed("fields=sync"), [{"id": self.device_id}])
        await self.notify()
        self.assertEqual((await self.listed("fields=sync.state"))[0]["sync"], {"state": "notified"})

    async def test_a_device_that_was_deleted_takes_it_along(self) -> None:
        location = await self.begin()
        self.assertEqual((await self.api.delete(self.path)).status, 204)
        await self.api.post("/dev_mgr/devices", {"device": {"id": self.device_id}})
        self.held.sending.callback(None)
        self.assertEqual(await self.api.finished(location), "success")
        self.assertNotIn("sync", await self.device(self.device_id))

    async def test_a_trace_of_a_request_tells_nothing_of_it(self) -> None:
        await self.notify()
        await self.site.get(OWN, AGENT)
        (trace, *_) = (await self.api.get(f"/requests?device={self.device_id}")).json["requests"]
        self.assertFalse([key for key in trace if "sync" in key])

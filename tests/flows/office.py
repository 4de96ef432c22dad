"""
What confd sends, call by call, and all that must hold after each: documents, files, and what a phone gets.
"""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

from provd.sync.current import set_sync_service
from tests.rest.api import MEDIA_TYPE, Answer
from tests.rest.case import AGENT, OWN, ApiCase

COMMON = "y000000000066.cfg"
NEIGHBOR, NEIGHBORS_OWN = AGENT.replace(":01", ":02"), OWN.replace("01.", "02.")
NEIGHBORS_ADDRESS = "127.0.0.2"
USER, SECOND, OTHER = "k3v9x2", "q8m4z7", "w5t1r6"


def line(user: str) -> dict[str, Any]:
    return {
        "auth_username": user,
        "username": user,
        "password": f"secret of {user}",
        "display_name": f"User {user}",
        "number": "1001",
        "registrar_ip": "192.0.2.1",
        "proxy_ip": "192.0.2.1",
    }


def config_of(device_id: str, *users: str, **more: Any) -> dict[str, Any]:
    """
    Return the config that confd makes for a device with lines.
    """
    return {
        "id": device_id,
        "configdevice": "defaultconfigdevice",
        "parent_ids": ["base", "defaultconfigdevice"],
        "deletable": True,
        "raw_config": {
            "X_key": "",
            "config_version": 1,
            "X_accent_user_uuid": "3f0d2c1e-8b5a-4a69-9c77-0d1e2f3a4b5c",
            "X_accent_phonebook_profile": "default",
            "exten_dnd": "*25",
            "exten_pickup_call": None,
            "exten_park": None,
            "funckeys": {"1": {"label": "Bob", "line": 1, "type": "speeddial", "value": "1002"}},
            "protocol": "SIP",
            "sip_lines": {str(number): line(user) for number, user in enumerate(users, 1)},
            **more,
        },
    }


class Notified:
    """
    A synchronizer that keeps whom it was to notify: an endpoint or an address.
    """

    TYPE = "AsteriskAMI"

    def __init__(self) -> None:
        self.whom: list[str] = []

    async def sip_notify_device(self, device: dict[str, Any], event: str, extra_vars: Any = None) -> None:
        user = device.get("remote_state_sip_username")
        is_shared = user is None or re.fullmatch("ap.{8}", user)
        self.whom.append(device["ip"] if is_shared else user)

    async def sip_notify_by_peer(self, peer: str, event: str, extra_vars: Any = None) -> None:
        self.whom.append(peer)

    async def sip_notify_by_ip(self, ip: str, event: str, extra_vars: Any = None) -> None:
        self.whom.append(ip)


class FlowCase(ApiCase):
    """
    Two phones that have booted, a claimed one to be and its neighbor, which nothing that is done to the first
    one may touch.

    :cvar ADDRESS: of the first phone.
    :cvar ASKS: whether the phone asks for its file after each call; if not, it asks about it alone.
    :ivar device: the document of the first phone, as it must be.
    :ivar configs: all configs, as they must be.
    :ivar serves: the SIP users in the phone's file, as they must be; None without a file.
    """

    ADDRESS = "127.0.0.1"
    ASKS = False

    def general(self) -> dict[str, Any]:
        return {"http_proxied_listen_interface": "::"}

    async def _set_up(self) -> None:
        await super()._set_up()
        self.notified = Notified()
        set_sync_service(self.notified)
        self.addCleanup(set_sync_service, None)
        await self.site.get(NEIGHBORS_OWN, NEIGHBOR, NEIGHBORS_ADDRESS)
        self.neighbor = self.site.device()
        await self.fetch()
        (self.device_id,) = {device["id"] for device in self.site.devices()} - {self.neighbor["id"]}
        self.autoprov = self.site.autoprov_user()
        self.path = f"/dev_mgr/devices/{self.device_id}"
        self.own_config = f"/cfg_mgr/configs/{self.device_id}"
        self.device = await self.get_device()
        self.first_config = self.device["config"]
        self.configs = await self.get_configs()
        self.serves: list[str] | None = [self.autoprov]
        self.assertEqual(self.device["remote_state_sip_username"], self.autoprov)
        self.assertEqual((self.device["tenant_uuid"], self.device["is_new"]), (self.master, True))
        await self.check()

    async def fetch(self) -> None:
        """
        Have the phone boot.
        """
        await self.site.get(COMMON, AGENT, self.ADDRESS)
        await self.site.get(OWN, AGENT, self.ADDRESS)

    async def confd(self, method: str, path: str, body: Any = None, tenant: str | None = None) -> Answer:
        """
        Send a call as confd does: the vendor's media type even without a body, and the tenant of the line.
        """
        headers: dict[str, str | None] = {"Content-Type": MEDIA_TYPE, "User-agent": "confd", "Accept": "*/*"}
        if tenant is not None:
            headers["Accent-Tenant"] = tenant
        return await (
            self.api.call(method, path, headers=headers)
            if body is None
            else self.api.call(method, path, body, headers)
        )

    async def step(
        self,
        method: str,
        path: str,
        body: Any = None,
        status: int = 204,
        tenant: str | None = None,
        location: str | None = None,
        device: dict[str, Any] | None = None,
        configs: dict[str, Any] | None = None,
        serves: Any = (),
    ) -> Answer:
        """
        Send a call, and check its answer and all that it may and may not have changed.

        :param location: of the answer, without what comes before ``/0.2``.
        :param device: what changes of it, None for what goes.
        :param configs: those that come, change, or go (None).
        :param serves: the users in the phone's file if that changes; None if it goes.
        """
        answer = await self.confd(method, path, body, tenant)
        self.assertEqual((answer.status, answer.header("Location")), (status, location), answer.text)
        self.assertEqual(answer.text == "", status == 204, answer.text)
        self.device = _changed(self.device, device)
        self.configs = _changed(self.configs, configs)
        if serves != ():
            self.serves = serves
        await self.check()
        return answer

    async def check(self) -> None:
        """
        Check that everything is as it must be.
        """
        self.assertEqual(await self.get_device(), self.device)
        self.assertEqual(self.site.parts.store.devices.get(self.device_id), self.device)
        self.assertEqual(await self.get_configs(), self.configs)
        self.assertEqual(self.site.parts.store.devices.get(self.neighbor["id"]), self.neighbor)
        self.assertEqual(users_in(self.site.served() / NEIGHBORS_OWN), [self.autoprov])
        self.assertEqual(users_in(self.site.served() / OWN), self.serves)
        status, body = await self.asked()
        self.assertEqual(status, 404 if self.serves is None else 200)
        if self.ASKS and self.serves is not None:
            self.assertEqual(body, (self.site.served() / OWN).read_bytes())
            self.device = {**self.device, "remote_state_sip_username": self.serves[0]}
        self.assertEqual(await self.get_device(), self.device)

    async def asked(self) -> tuple[int, bytes]:
        """
        Have the phone ask for its file, or about it.
        """
        if self.ASKS:
            return await self.site.get(OWN, AGENT, self.ADDRESS)
        return await self.site.get(OWN, AGENT, self.ADDRESS, "-I")

    async def get_device(self) -> dict[str, Any]:
        answer = await self.confd("GET", self.path)
        self.assertEqual(answer.status, 200, answer.text)
        shown: dict[str, Any] = answer.json["device"]
        shown.pop("sync", None)  # what is told of it is never a part of the document
        return shown

    async def get_configs(self) -> dict[str, Any]:
        answer = await self.confd("GET", "/cfg_mgr/configs")
        return {config["id"]: config for config in answer.json["configs"]}

    async def synchronized(self, tenant: str) -> list[str]:
        """
        Have the phone synchronized; return whom that notified.
        """
        self.notified.whom.clear()
        answer = await self.confd("POST", "/dev_mgr/synchronize", {"id": self.device_id}, tenant)
        self.assertEqual((answer.status, answer.text), (201, ""))
        location = answer.header("Location")
        self.assertRegex(location or "", r"\A/0\.2/dev_mgr/synchronize/\d+\Z")
        self.assertEqual(await self.api.finished(location), "success")
        await self.check()
        return self.notified.whom

    async def reboot(self) -> None:
        """
        Have the phone boot, and take on the account in its file.
        """
        await self.fetch()
        assert self.serves is not None
        self.device = {**self.device, "remote_state_sip_username": self.serves[0]}
        await self.check()

    async def claim(self, *users: str) -> None:
        """
        Have confd associate the phone with the first line of a user.
        """
        document = {**await self.get_device(), "config": self.device_id}
        await self.step(
            "PUT",
            self.path,
            {"device": document},
            tenant=self.customer,
            device={
                "config": self.device_id,
                "tenant_uuid": self.customer,
                "is_new": False,
                "configured": False,
            },
            configs={self.first_config: None},
            serves=None,
        )
        config = config_of(self.device_id, *users)
        answer = await self.confd("PUT", self.own_config, {"config": config}, self.customer)
        self.refused(answer, 404, "not-found")
        await self.check()
        answer = await self.step(
            "POST",
            "/cfg_mgr/configs",
            {"config": config},
            201,
            self.customer,
            f"/0.2{self.own_config}",
            device={"configured": True},
            configs={self.device_id: config},
            serves=list(users),
        )
        self.assertEqual(answer.json, {"id": self.device_id})


def users_in(file: Path) -> list[str] | None:
    """
    Return the SIP users in a file of a Yealink phone, or None without one.
    """
    if not file.exists():
        return None
    users = re.findall(r"^account\.\d+\.user_name = (.*)$", file.read_text(), re.MULTILINE)
    return [user for user in users if user != "%NULL%"]


def _changed(documents: dict[str, Any], changes: dict[str, Any] | None) -> dict[str, Any]:
    merged = {**documents, **(changes or {})}
    return copy.deepcopy({key: value for key, value in merged.items() if value is not None})

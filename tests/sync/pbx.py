"""
A daemon, a SIP server, and phones that boot from the one and register with the other.
"""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any

from provd.sync.ami import AsteriskManager
from tests.logged import logged
from tests.rest.case import ApiCase
from tests.sip.phones import SipPhone
from tests.support import free_port, need_program


def mac(number: int) -> str:
    return f"00:15:65:aa:bb:{number:02x}"


class PBX(ApiCase):
    """
    :ivar registrar: the SIP server, ``host:port``.
    """

    timeout = 120
    registrar = ""

    async def _set_up(self) -> None:
        self.patch(AsteriskManager, "FIRST_PAUSE", 0.05)
        self.patch(AsteriskManager, "LONGEST_PAUSE", 0.2)
        self.ids: dict[int, str] = {}
        self.before()
        await super()._set_up()

    def before(self) -> None:
        """
        Do what must be done before the daemon starts.
        """

    def autoprov(self) -> tuple[str, str]:
        """
        Return the user and the password of the account that unclaimed phones share.
        """
        line = self.site.parts.store.configs.get("autoprov")["raw_config"]["sip_lines"]["1"]
        return str(line["username"]), str(line["password"])

    def start_kamailio(self, address: str) -> None:
        """
        Have a registrar relay what is sent to phones.
        """
        self.registrar = f"{address}:{free_port(socket.SOCK_DGRAM)}"
        run = folder(self.base, "kamailio")
        config = str(Path(__file__).with_name("kamailio.cfg"))
        command = [need_program("kamailio"), "-f", config, "-DD", "-E", "-Y", str(run), "-w", str(run)]
        with open(run / "out", "wb") as out:
            process = subprocess.Popen(
                [*command, "-l", f"udp:{self.registrar}", "-m", "32", "-M", "4"], stdout=out, stderr=out
            )
        self.addCleanup(process.wait, 10)
        self.addCleanup(process.terminate)

    def phone(
        self, number: int, address: str, port: int = 5070, tells_mac: bool = True, netns: str | None = None
    ) -> SipPhone:
        """
        Return a phone, which isn't on yet.
        """
        agent = "Yealink SIP-T46S 66.86.0.15" + (f" {mac(number)}" if tells_mac else "")
        phone = SipPhone(self.base / f"phone{number}{port}{tells_mac}", address, port, agent, netns)
        self.addCleanup(phone.hang_up)
        return phone

    async def boots(self, number: int, address: str) -> str:
        """
        Have a phone fetch its file; return the id of its device.
        """
        agent = f"Yealink SIP-T46S 66.86.0.15 {mac(number)}"
        name = f"{mac(number).replace(':', '')}.cfg"
        self.assertEqual((await self.site.get(name, agent, address))[0], 200)
        return self.found(number)

    def found(self, number: int) -> str:
        (device_id,) = self.site.parts.store.devices.find("mac", mac(number))
        return str(device_id)

    async def claim(self, device_id: str, user: str, password: str, registrar: str = "192.0.2.1") -> None:
        """
        Have a user take a phone; it doesn't know yet.
        """
        host, _, port = registrar.partition(":")
        line: dict[str, Any] = {
            "username": user,
            "password": password,
            "display_name": user,
            "proxy_ip": host,
        }
        if port:
            line |= {"proxy_port": int(port), "registrar_port": int(port)}
        config = {"id": user, "parent_ids": ["base"], "raw_config": {"sip_lines": {"1": line}}}
        answer = await self.api.post("/cfg_mgr/configs", {"config": config})
        self.assertEqual(answer.status, 201, answer.text)
        device = {**await self.device(device_id), "config": user}
        answer = await self.api.put(f"/dev_mgr/devices/{device_id}", {"device": device})
        self.assertEqual(answer.status, 204, answer.text)

    async def synchronize(self, device_id: str) -> str:
        """
        Return the end of the operation.
        """
        begun = await self.api.post("/dev_mgr/synchronize", {"id": device_id})
        self.assertEqual(begun.status, 201, begun.text)
        return await self.api.finished(begun.header("Location"))

    async def fails(self, device_id: str) -> str:
        """
        Return what is logged of a synchronization that fails.
        """
        with logged() as events:
            self.assertEqual(await self.synchronize(device_id), "fail")
        return "\n".join(text for text in events.texts() if "is not synchronized" in text)

    async def status(self) -> Any:
        return (await self.api.get("/status")).json["sync"]

    async def is_ok(self) -> None:
        while (await self.status())["status"] != "ok":
            pass


def folder(base: Path, name: str) -> Path:
    made = base / name
    made.mkdir()
    return made

"""
A daemon, and an Asterisk that has what ``provd-cli asterisk config`` prints for it, the endpoint of a
user, and phones.
"""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from time import monotonic
from typing import Any

from tests.asterisk import running
from tests.asterisk.running import Asterisk
from tests.cli.rest import Rest
from tests.cli.running import Cli
from tests.daemon.running import Daemon
from tests.sip.phones import SipPhone
from tests.support import free_port, need_program
from tests.sync.nat import CustomerNetwork

LINE = {"username": "k3v9x2", "password": "us;er", "display_name": "User"}
_SCENARIO = Path(__file__).parents[1] / "sip" / "call.xml"

# What the dialplan needs beside calls.
_DIALPLAN = (
    "app_authenticate",
    "app_playback",
    "app_stack",
    "func_channel",
    "func_strings",
    "func_global",
    "res_pjsip_header_funcs",
    "codec_gsm",
    "format_gsm",
)


class Pbx(Asterisk):
    """
    An Asterisk whose console can be used.
    """

    def console(self, command: str) -> str:
        """
        Return what a command says.
        """
        assert self._process is not None
        inside = ["nsenter", "--mount", "--root", "--target", str(self._process.pid)]
        asterisk = ["/usr/sbin/asterisk", "-C", "/mnt/etc/asterisk.conf", "-rx", command]
        return subprocess.run([*inside, *asterisk], capture_output=True, text=True, check=True).stdout

    def log(self) -> str:
        return (self._work / "log" / "messages").read_text()


class Phone(SipPhone):
    """
    A phone: fetches its file, registers, calls, is notified.

    :param tells_mac: whether it does in SIP, as it always does over HTTP.
    """

    def __init__(
        self, office: Office, number: int, address: str, tells_mac: bool, netns: str | None = None
    ) -> None:
        self._office = office
        self.mac = f"00:15:65:aa:bb:{number:02x}"
        self._full_agent = f"Yealink SIP-T46S 66.86.0.15 {self.mac}"
        self._agent = self._full_agent if tells_mac else "Yealink SIP-T46S 66.86.0.15"
        self._address = address
        self._inside = ["ip", "netns", "exec", netns] if netns else []
        super().__init__(
            office.folder / f"phone{number}", address, free_port(socket.SOCK_DGRAM), self._agent, netns
        )

    def boots(self) -> bytes:
        """
        Fetch its file; return it.
        """
        office = self._office
        url = f"http://{office.host}:{office.daemon.http}/{self.mac.replace(':', '')}.cfg"
        command = [need_program("curl"), "-sf", "-m", "15", "-A", self._full_agent, url]
        whence = [] if self._inside else ["--interface", self._address]
        return subprocess.run([*self._inside, *command, *whence], capture_output=True, check=True).stdout

    def takes(self, account: dict[str, str]) -> None:
        """
        Register with an account.
        """
        self.hang_up()  # what listens has the port
        self.registers(f"{self._office.host}:{self._office.sip}", account["username"], account["password"])

    def dials(self, number: str, account: dict[str, str]) -> str:
        """
        Call; return what the dialplan was told.
        """
        pbx = self._office.pbx
        assert pbx is not None
        pbx.console("dialplan set global SAID nothing")
        done = subprocess.run(
            [*self._inside, need_program("sipp", "sip-tester"), f"{self._office.host}:{self._office.sip}"]
            + ["-sf", str(_SCENARIO), "-s", number, "-au", account["username"], "-ap", account["password"]]
            + ["-key", "account", account["username"], "-key", "agent", self._agent]
            + ["-i", self._address, "-p", str(free_port(socket.SOCK_DGRAM)), "-m", "1", "-nostdin"]
            + ["-timeout", "30", "-timeout_error"],
            capture_output=True,
            text=True,
            cwd=self._office.folder,
            env={"TERM": "dumb", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )
        assert done.returncode == 0, f"{done.stdout[-3000:]}{done.stderr}{pbx.log()}"
        said = pbx.console("dialplan show globals")
        return next(line.strip() for line in said.splitlines() if "SAID=" in line)

    @property
    def device(self) -> dict[str, Any]:
        """
        Its document.
        """
        found = self._office.rest.call("GET", f'/dev_mgr/devices?q={{"mac":"{self.mac}"}}')
        (device,) = found["devices"]
        assert isinstance(device, dict)
        return device


class Office:
    """
    :param network: where its phones are; without one, they are on this machine.
    """

    def __init__(self, folder: Path, network: CustomerNetwork | None = None) -> None:
        self.daemon = Daemon(folder)
        self.host = network.server if network else "127.0.0.1"
        self.agi, self.sip, self.ami = free_port(), free_port(socket.SOCK_DGRAM), free_port()
        self.daemon.settings(
            general={"sync_service_type": "ami"},
            agi={"port": self.agi},
            ami={"host": "127.0.0.1", "port": self.ami, "username": "provd", "password": "s3cret;s"},
            first_start={"plugins": ["yealink"], "sip_server": self.host},
        )
        self.folder = folder
        self.line = {**LINE, "proxy_ip": self.host}
        self.pbx: Pbx | None = None

    def start(self) -> None:
        self.daemon.start()
        self.rest = Rest(self.daemon)
        self.cli = Cli(
            self.folder / "home",
            PROVD_DATA_DIR=str(self.daemon.data),
            PROVD_REST_PORT=str(self.daemon.rest),
            PROVD_CONF_DIR=str(self.daemon.conf),
        )
        self.account = self.rest.config("autoprov")["raw_config"]["sip_lines"]["1"]
        work = self.folder / "asterisk"
        work.mkdir()
        self.pbx = Pbx(work, self._files())
        self.pbx.start()

    def add_user(self, code: str) -> None:
        """
        Add the config of the user, whose phone is claimed by a code.
        """
        config = {
            "id": "user",
            "parent_ids": ["base", "defaultconfigdevice"],
            "raw_config": {"sip_lines": {"1": self.line}},
        }
        self.rest.call("POST", "/cfg_mgr/configs", {"config": {**config, "X_provisioning_code": code}})

    def wait_until_sync_is(self, status: str) -> None:
        """
        Return once the daemon tells that it can notify phones (``ok``), or can't (``fail``).
        """
        end = monotonic() + 40
        while (sync := self.rest.call("GET", "/status")["sync"])["status"] != status:
            assert monotonic() < end, sync

    def stop(self) -> None:
        if self.pbx is not None:
            self.pbx.stop()
        self.daemon.kill()

    def _files(self) -> dict[str, str]:
        printed = self.cli.json("asterisk", "config")
        modules = [*running.MODULES, *_DIALPLAN]
        return {
            **_QUIET,
            "modules": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in modules),
            "logger": "[logfiles]\nconsole => error,verbose\nmessages => notice,warning,error\n",
            "manager": f"[general]\nenabled=yes\nport={self.ami}\nbindaddr=127.0.0.1\n{printed['manager']}",
            "pjsip": f"[udp]\ntype=transport\nprotocol=udp\nbind={self.host}:{self.sip}\n{printed['pjsip']}"
            + _endpoint(self.line),
            "extensions": f"{printed['extensions']}\n{_CALLS}",
        }


def _endpoint(line: dict[str, str]) -> str:
    """
    Return the endpoint of a user, whose next phone takes the place of the last.
    """
    name, password = line["username"], line["password"].replace(";", "\\;")
    return (
        f"[{name}]\ntype=endpoint\ncontext=users\nallow=!all,ulaw\nauth={name}\naors={name}\n"
        f"force_rport=yes\nrewrite_contact=yes\n"
        f"[{name}]\ntype=auth\nauth_type=userpass\nusername={name}\npassword={password}\n"
        f"[{name}]\ntype=aor\nmax_contacts=1\nremove_existing=yes\n"
    )


# Without these, Asterisk complains of what isn't asked here.
_QUIET = {
    "ccss": "[general]\n",
    "cdr": "[general]\nenable=no\n",
    "indications": "[general]\ncountry=us\n[us]\ndescription=US\nringcadence=2000,4000\n"
    "dial=350+440\nbusy=480+620/500,0/500\nring=440+480/2000,0/4000\ncongestion=480+620/250,0/250\n"
    "callwaiting=440/300,0/10000\ndialrecall=350+440\nrecord=1400/500,0/15000\ninfo=950/330\n",
}

# Keeps what the dialplan was told; users give their phone back without a password here.
_CALLS = """
[accent-provd](+)
exten => h,1,Set(GLOBAL(SAID)=${ACCENT_PROV_OK}/${ACCENT_PROV_ERROR})
[users]
include => accent-provd-reset
exten => h,1,Set(GLOBAL(SAID)=${ACCENT_PROV_OK}/${ACCENT_PROV_ERROR})
exten => back,1,Gosub(accent-provd-ask,s,1(autoprov))
"""

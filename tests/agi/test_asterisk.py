"""
Codes dialed on phones into a real Asterisk that has what ``provd-cli asterisk config`` prints for the daemon.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.asterisk import running
from tests.asterisk.running import Asterisk
from tests.cli.rest import Rest
from tests.cli.running import Cli
from tests.daemon.running import Daemon
from tests.support import free_port, need_program

CODE = "480193"
LINE = {"username": "k3v9x2", "password": "us;er", "proxy_ip": "127.0.0.1", "display_name": "User"}
_SCENARIO = Path(__file__).with_name("call.xml")

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


class Office:
    """
    A daemon, an Asterisk, and two phones behind one address.
    """

    AGENTS = {number: f"Yealink SIP-T46S 66.86.0.15 00:15:65:aa:bb:0{number}" for number in (1, 2)}

    def __init__(self, folder: Path) -> None:
        self.daemon = Daemon(folder)
        self.agi, self.sip, self.ami = free_port(), free_port(socket.SOCK_DGRAM), free_port()
        self.daemon.settings(
            agi={"port": self.agi},
            ami={"username": "provd", "password": "s3cret;s"},
            first_start={"plugins": ["yealink"], "sip_server": "127.0.0.1"},
        )
        self.folder = folder
        self.pbx: Pbx | None = None

    def start(self) -> None:
        self.daemon.start()
        self.rest = Rest(self.daemon)
        self.rest.call("PUT", "/configure/NAT", {"param": {"value": 1}})
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

    def _files(self) -> dict[str, str]:
        printed = self.cli.json("asterisk", "config")
        modules = [*running._MODULES, *_DIALPLAN]
        user = {"username": LINE["username"], "auth_username": LINE["username"], "password": LINE["password"]}
        return {
            **_QUIET,
            "modules": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in modules),
            "logger": "[logfiles]\nconsole => error,verbose\nmessages => notice,warning,error\n",
            "manager": f"[general]\nenabled=yes\nport={self.ami}\nbindaddr=127.0.0.1\n{printed['manager']}",
            "pjsip": f"[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{self.sip}\n{printed['pjsip']}"
            + self._own_endpoint(user),
            "extensions": f"{printed['extensions']}\n{_CALLS}",
        }

    def _own_endpoint(self, line: dict[str, str]) -> str:
        name, password = line["username"], line["password"].replace(";", "\\;")
        return (
            f"[{name}]\ntype=endpoint\ncontext=users\nallow=!all,ulaw\nauth={name}\naors={name}\n"
            f"[{name}]\ntype=auth\nauth_type=userpass\nusername={name}\npassword={password}\n"
            f"[{name}]\ntype=aor\nmax_contacts=1\n"
        )

    def boot(self, number: int) -> bytes:
        """
        Have a phone fetch its file.
        """
        status, content = self.daemon.get(f"001565aabb0{number}.cfg", self.AGENTS[number])
        assert status == 200
        return content

    def device(self, number: int) -> dict[str, object]:
        query = f'/dev_mgr/devices?q={{"mac":"00:15:65:aa:bb:0{number}"}}'
        (device,) = self.rest.call("GET", query)["devices"]
        assert isinstance(device, dict)
        return device

    def call(self, number: int, dialed: str, account: dict[str, str]) -> str:
        """
        Have a phone call; return what the dialplan was told.
        """
        assert self.pbx is not None
        self.pbx.console("dialplan set global SAID nothing")
        done = subprocess.run(
            [need_program("sipp", "sip-tester"), f"127.0.0.1:{self.sip}", "-sf", str(_SCENARIO)]
            + ["-s", dialed, "-au", account["username"], "-ap", account["password"]]
            + ["-key", "account", account["username"], "-key", "agent", self.AGENTS[number]]
            + ["-i", "127.0.0.1", "-p", str(free_port(socket.SOCK_DGRAM)), "-m", "1", "-nostdin"]
            + ["-timeout", "30", "-timeout_error"],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={"TERM": "dumb"},
        )
        assert done.returncode == 0, f"{done.stdout[-3000:]}{done.stderr}{self.pbx.log()}"
        said = self.pbx.console("dialplan show globals")
        return next(line.strip() for line in said.splitlines() if "SAID=" in line)

    def stop(self) -> None:
        if self.pbx is not None:
            self.pbx.stop()
        self.daemon.kill()


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


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    running.need_asterisk()
    need_program("sipp", "sip-tester")
    office = Office(tmp_path_factory.mktemp("office"))
    try:
        office.start()
        yield office
    finally:
        office.stop()


def test_asterisk_takes_what_is_printed_for_it(office: Office) -> None:
    assert office.pbx is not None
    name = office.account["username"]
    endpoint = office.pbx.console(f"pjsip show endpoint {name}")
    for line in ("Endpoint:", f"InAuth:  {name}/{name}", f"Aor:  {name}", "context", "accent-provd"):
        assert line in endpoint, endpoint
    assert office.account["password"] in office.pbx.console(f"pjsip show auth {name}")
    plan = office.pbx.console("dialplan show accent-provd-ask")
    assert f"agi://127.0.0.1:{office.agi}/provision," in plan
    assert "ACCENT_PROV_RESET_PASSWORD" in office.pbx.console("dialplan show *73@users")
    with socket.create_connection(("127.0.0.1", office.ami), timeout=10) as connection:
        connection.sendall(b"Action: Login\r\nUsername: provd\r\nSecret: s3cret;s\r\nEvents: off\r\n\r\n")
        heard = b""
        while b"accepted" not in heard:
            heard += (received := connection.recv(4096))
            assert received, heard
    problems = [line for line in office.pbx.log().splitlines() if "ERROR" in line or "WARNING" in line]
    assert not problems, "\n".join(problems)


def test_of_two_phones_behind_one_address_the_one_that_dials_becomes_the_users(office: Office) -> None:
    for number in (1, 2):
        assert office.account["username"].encode() in office.boot(number)
    config = {
        "id": "user",
        "parent_ids": ["base", "defaultconfigdevice"],
        "raw_config": {"sip_lines": {"1": LINE}},
    }
    office.rest.call("POST", "/cfg_mgr/configs", {"config": {**config, "X_provisioning_code": CODE}})
    assert office.call(2, "000000", office.account) == "SAID=/unknown-code"
    assert office.call(2, CODE, office.account) == "SAID=1/"
    assert office.device(2)["config"] == "user"
    assert str(office.device(1)["config"]).startswith("autoprov")
    assert b"k3v9x2" in office.boot(2)

    assert office.call(2, "back", LINE) == "SAID=1/"
    assert office.account["username"].encode() in office.boot(2)
    log = "".join(office.daemon.said)
    assert CODE not in log

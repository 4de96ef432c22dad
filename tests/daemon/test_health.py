"""
What ``GET /0.2/status`` tells of a whole daemon.
"""

from __future__ import annotations

import json
import signal
import urllib.request
from typing import Any

from tests.daemon.running import OWN, Daemon
from tests.support import free_port


def status(daemon: Daemon) -> Any:
    token = (daemon.data / "admin-token").read_text().strip()
    url = f"http://127.0.0.1:{daemon.rest}/0.2/status"
    request = urllib.request.Request(url, headers={"X-Auth-Token": token})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_each_part_of_the_daemon_is_there(daemon: Daemon) -> None:
    daemon.settings(agi={"port": free_port()})
    daemon.start()
    assert daemon.get(OWN)[0] == 200
    told = status(daemon)
    assert told.pop("rest_api") == "ok"
    assert {part: state["status"] for part, state in told.items()} == dict.fromkeys(
        (
            "master_tenant",
            "service_token",
            "plugins",
            "store",
            "http_provisioning",
            "tftp",
            "operations",
            "security_log",
            "bus_consumer",
            "sync",
            "agi",
            "dhcp",
        ),
        "ok",
    )
    assert (told["http_provisioning"]["port"], told["tftp"]["port"]) == (daemon.http, daemon.tftp)
    assert told["store"]["devices"] == 1
    assert told["operations"]["progress"] == 0


def test_a_security_log_that_can_not_be_written_fails_until_it_can(daemon: Daemon) -> None:
    path = daemon.data / "security.log"
    path.mkdir(parents=True)
    daemon.start()
    failing = {"status": "fail", "why": "Is a directory", "path": str(path)}
    assert status(daemon)["security_log"] == failing
    path.rmdir()
    assert daemon.process is not None
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for("reloaded")
    assert status(daemon)["security_log"] == {"status": "ok", "path": str(path)}

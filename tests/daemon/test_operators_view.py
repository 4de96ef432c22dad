"""
What operators see of a daemon: its log in detail, and a site whose tenants are kept elsewhere.
"""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from tests.daemon.running import AGENT, BIN, OWN, Daemon

TENANT = "5f6c0d6e-1f8f-4c55-9f5b-3e0b1f0c7a11"


def test_a_verbose_daemon_tells_of_each_request(daemon: Daemon) -> None:
    daemon.start([str(BIN / "accent-provd"), "--verbose"])
    daemon.get(OWN)
    line = daemon.wait_for(f"http /{OWN} from 127.0.0.1")
    assert "00:15:65:aa:bb:01" in line
    assert line.rstrip().endswith("answered by yealink: 200")
    daemon.get("nothing", "Mozilla")
    assert "by ip, changed (), answered by yealink: 404" in daemon.wait_for("http /nothing")


def test_a_quiet_daemon_says_nothing_of_known_phones_and_strangers(daemon: Daemon) -> None:
    daemon.start()
    daemon.get(OWN)
    daemon.get(OWN)
    before = len(daemon.said)
    for _ in range(100):
        daemon.get(OWN)
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"http://127.0.0.1:{daemon.rest}/0.2/status", timeout=5)
    daemon.end()
    assert len(daemon.said) - before < 12


def test_with_accent_auth_new_phones_need_the_master_tenant(daemon: Daemon) -> None:
    daemon.settings(auth={"host": "localhost"})
    daemon.start()
    assert daemon.get(OWN, AGENT)[0] == 404
    assert "no token of accent-auth" in daemon.wait_for("next try in 1 s")
    daemon.end()
    daemon.settings(auth={"host": "localhost", "master_tenant_uuid": TENANT.upper()})
    daemon.start()
    assert daemon.get(OWN, AGENT)[0] == 404  # on record, but accent-confd makes its configs
    assert "New device created automatically from 127.0.0.1" in (daemon.data / "security.log").read_text()
    daemon.end()

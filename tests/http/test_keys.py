from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.app.tenants import Tenants
from provd.http.keys import take_key
from provd.logs import Secret, formatted
from tests.http.stage import KEYS, MAC, MASTER, OTHER, OWN, TENANT, Stage
from tests.http.wire import HERE, PHONE

TENANTS = Tenants(MASTER, {tenant: Secret(key) for tenant, key in KEYS.items()})
BASE = f"http://{HERE}:8667"


def asked(uri: bytes) -> Any:
    path = uri.partition(b"?")[0]
    return SimpleNamespace(uri=uri, path=path, prepath=[], postpath=path[1:].split(b"/"))


@pytest.mark.parametrize(
    ("uri", "uri_left", "path_left", "postpath_left"),
    [
        (b"/tenant~key/a/b?c=/d", b"/a/b?c=/d", b"/a/b", [b"a", b"b"]),
        (b"/tenant%7Ekey/a", b"/a", b"/a", [b"a"]),
        (b"/%74enant~key/a", b"/a", b"/a", [b"a"]),
        (b"/tenant~key/", b"/", b"/", [b""]),
        (b"/tenant~key", b"/", b"/", [b""]),
        (b"/tenant~key?a", b"/?a", b"/", [b""]),
        (b"/tenant~key//a", b"//a", b"//a", [b"", b"a"]),
        (b"/tenant~key/tenant~key", b"/tenant~key", b"/tenant~key", [b"tenant~key"]),
    ],
)
def test_a_known_key_is_removed_everywhere(
    uri: bytes, uri_left: bytes, path_left: bytes, postpath_left: list[bytes]
) -> None:
    request = asked(uri)
    assert take_key(request, TENANTS) == TENANT
    assert (request.uri, request.path, request.postpath) == (uri_left, path_left, postpath_left)
    assert request.prepath == []


@pytest.mark.parametrize(
    "uri",
    [
        b"/",
        b"//tenant~key/a",
        b"/a",
        b"/a/tenant~key",
        b"/tenant~ke/a",
        b"/TENANT~KEY/a",
        b"/tenant~key%2Fa",
        b"/tenant~key%20/a",
        b"/%ff/a",
        b"/?/tenant~key",
    ],
)
def test_a_request_without_a_known_key_is_left_as_it_was(uri: bytes) -> None:
    request = asked(uri)
    assert take_key(request, TENANTS) is None
    assert vars(request) == vars(asked(uri))


@given(st.binary())
def test_any_path_gives_a_tenant_or_none(text: bytes) -> None:
    request = asked(b"/" + text)
    tenant = take_key(request, TENANTS)
    assert tenant is None or tenant in KEYS
    assert request.path.startswith(b"/")


# With phones.


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, {"http_auth_strategy": "url_key"}, KEYS)


@pytest.mark.parametrize("path", ["/", f"/{OWN}", f"/wrong-key/{OWN}", f"//{KEYS[MASTER]}/{OWN}"])
def test_without_a_known_key_nobody_is_identified(path: str, stage: Stage) -> None:
    answer = stage.get(path)
    assert (answer.status, answer.body) == (404, b"Not Found\n")
    assert stage.acme.http_dev_info_extractor.paths == []
    assert stage.devices() == []
    (trace,) = stage.parts.traces
    assert (trace["request"], trace["status"], trace["device_info"]) == ("", 404, {})
    assert stage.security_log() == [f"Probe from {PHONE}: key", f"Wrong provisioning key from {PHONE}"]


def test_a_phone_with_its_tenants_key_gets_its_file(stage: Stage) -> None:
    answer = stage.get(f"/{KEYS[MASTER]}/{OWN}?x=y")
    assert (answer.status, answer.body.decode()) == (200, f"{BASE}/{KEYS[MASTER]}")
    assert stage.acme.http_dev_info_extractor.paths == [f"/{OWN}".encode()]
    assert stage.device()["tenant_uuid"] == MASTER


def test_a_plugin_sees_the_tenant_and_no_key(stage: Stage) -> None:
    seen = []

    class Service(type(stage.acme.http_service)):  # type: ignore[misc]
        def path_preprocess(self, request: Any) -> None:
            way = (list(request.prepath), list(request.postpath))
            seen.append((request.tenant_uuid, request.uri, request.path, *way))

    stage.acme.http_service = Service(str(stage.acme.served))
    stage.get(f"/{KEYS[TENANT]}/a/b?c=d")
    assert seen == [(TENANT, b"/a/b?c=d", b"/a/b", [], [b"a", b"b"])]


def test_a_new_phone_is_told_the_key_that_it_came_with_and_stays_where_it_was_born(stage: Stage) -> None:
    stage.get(f"/{KEYS[MASTER]}/{OWN}")
    before = stage.device()
    answer = stage.get(f"/{KEYS[TENANT]}/{OWN}")
    assert answer.body.decode() == f"{BASE}/{KEYS[TENANT]}"
    assert stage.device() == before
    assert (before["tenant_uuid"], before["is_new"]) == (MASTER, True)
    assert stage.get(f"/{KEYS[OTHER]}/{OWN}").body.decode() == f"{BASE}/{KEYS[OTHER]}"


def test_a_tenants_phone_is_told_that_tenants_key(stage: Stage) -> None:
    stage.get(f"/{KEYS[MASTER]}/{OWN}")
    stage.change_device(
        tenant_uuid=TENANT, model=None
    )  # what is unknown is added, and its files written again
    assert stage.get(f"/{KEYS[TENANT]}/{OWN}").body.decode() == f"{BASE}/{KEYS[TENANT]}"
    assert (stage.device()["tenant_uuid"], stage.device()["is_new"]) == (TENANT, False)


@pytest.mark.parametrize("key", [KEYS[OTHER], KEYS[MASTER]])
def test_a_foreign_tenants_key_opens_nothing(key: str, stage: Stage) -> None:
    stage.get(f"/{KEYS[TENANT]}/{OWN}")
    stage.change_device(tenant_uuid=TENANT)
    before, file, lines = stage.device(), (stage.acme.served / OWN).read_bytes(), len(stage.security_log())
    answer = stage.get(f"/{key}/{OWN}", User_Agent=f"Acme X2 {MAC}")
    assert (answer.status, answer.body) == (404, b"Not Found\n")
    assert (stage.device(), (stage.acme.served / OWN).read_bytes()) == (before, file)
    assert stage.security_log()[lines:] == [f"Wrong provisioning key from {PHONE}"]
    trace = stage.trace()
    assert (trace["device_id"], trace["plugin"], trace["status"]) == (None, None, 404)
    assert stage.get(f"/{KEYS[TENANT]}/{OWN}").status == 200


def test_a_tenant_without_a_key_has_no_files(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"http_auth_strategy": "url_key"}, {TENANT: KEYS[TENANT]})
    assert stage.get(f"/{KEYS[TENANT]}/{OWN}").status == 200
    stage.change_device(tenant_uuid=OTHER, configured=False)
    assert stage.get(f"/{KEYS[TENANT]}/{OWN}").status == 404


def test_no_key_is_ever_logged_or_traced(stage: Stage, logged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [OWN, "none.cfg", "", "fail", f"{KEYS[OTHER]}/{OWN}", f"?key={KEYS[OTHER]}"]
    monkeypatch.setattr(stage.acme, "is_sensitive_filename", lambda name: 1 / 0 if name == "fail" else True)
    for key in KEYS.values():
        for path in paths[:4]:
            stage.get(f"/{key}/{path}")
            stage.get(f"/{quote(key, safe='')}/{path}", User_Agent="Mozilla/5.0")
    stage.change_device(tenant_uuid=TENANT)
    for key in KEYS.values():
        stage.get(f"/{key}/{OWN}")
    told = json.dumps(list(stage.parts.traces)) + "\n".join(stage.security_log())
    told += "".join(
        formatted(20, "x", event["log_format"].format(**event), 0, event.get("log_failure"))
        for event in logged
    )
    assert OWN in told
    assert "ZeroDivisionError" in told
    for key in KEYS.values():
        assert key not in told

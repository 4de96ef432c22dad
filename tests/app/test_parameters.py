from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provd.app.parameters import Parameters
from provd.logs import Secret
from provd.pluginkit import localization
from provd.settings.check import settings_from
from provd.settings.model import Settings
from tests.app.office import MASTER, TENANT
from tests.logged import logged

DEFAULT_SERVER = settings_from({}).general.plugin_server


@pytest.fixture(autouse=True)
def _locale() -> Iterator[None]:
    yield
    localization.set_locale(None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "app.json"


def parameters(path: Path, saved: Any = None, settings: Settings | None = None) -> Parameters:
    if saved is not None:
        path.write_text(json.dumps(saved))
    return Parameters(path, settings or settings_from({}))


def test_without_a_file_the_settings_hold(path: Path) -> None:
    settings = settings_from(
        {
            "proxy": {"http": "http://proxy:3128", "https": "proxy:3128"},
            "tenants": {TENANT: {"provisioning_key": "tenant-key"}},
        }
    )
    with logged() as events:
        read = parameters(path, settings=settings)
    assert read.nat == 0
    assert read.proxies == {"http": "http://proxy:3128", "https": "proxy:3128"}
    assert read.provisioning_keys == {TENANT: Secret("tenant-key")}
    assert read.plugin_server == DEFAULT_SERVER
    assert localization.get_locale() is None
    assert events.texts() == []


def test_a_file_of_an_existing_server_is_taken_over(path: Path) -> None:
    saved = {
        "NAT": "1",
        "http_proxy": "http://u:s3cret@proxy:3128",
        "https_proxy": "proxy:3128",
        "ftp_proxy": None,
        "locale": "fr_FR",
        "plugin_server": "http://provd.example.com/plugins/2/stable/",
        "tenants": {
            TENANT: {"provisioning_key": "tenant-key"},
            MASTER: {"provisioning_key": None},
            "x": {},
            "y": None,
        },
    }
    settings = settings_from(
        {"proxy": {"ftp": "http://proxy:21"}, "tenants": {MASTER: {"provisioning_key": "master-key"}}}
    )
    with logged() as events:
        read = parameters(path, saved, settings)
    assert read.nat == 1
    assert read.proxies == {"http": "http://u:s3cret@proxy:3128", "https": "proxy:3128"}
    assert read.plugin_server == "http://provd.example.com/plugins/2/stable/"
    assert read.provisioning_keys == {TENANT: Secret("tenant-key"), MASTER: None, "x": None, "y": None}
    assert localization.get_locale() == "fr_FR"
    assert events.texts() == []


@pytest.mark.parametrize(
    ("value", "nat"), [(1, 1), ("1", 1), (True, 1), (0, 0), ("0", 0), (False, 0), (None, 0), ("", 0)]
)
def test_nat_is_read_however_it_was_written(path: Path, value: Any, nat: int) -> None:
    with logged() as events:
        assert parameters(path, {"NAT": value}).nat == nat
    assert events.texts() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("NAT", value) for value in (2, "yes", [], 1.5, "01")),
        *(("http_proxy", value) for value in ("proxy:3128", "http://proxy/path", 5, ["x"], "ftp:")),
        *(("https_proxy", value) for value in ("http://proxy:3128", 5, "a b")),
        *(("locale", value) for value in ("french", "FR", 5, ["fr"])),
        *(("plugin_server", value) for value in ("not a url", 5, "ftp://x")),
        *(("tenants", value) for value in ([], "x", 5, None)),
        ("unheard_of", 1),
        ("provisioning_key", "s3cret-key"),
    ],
)
def test_what_cannot_be_used_is_told_by_name_and_passed_over(path: Path, name: str, value: Any) -> None:
    with logged() as events:
        read = parameters(path, {name: value, "ftp_proxy": "http://proxy:21"})
    assert (read.nat, read.proxies, read.provisioning_keys) == (0, {"ftp": "http://proxy:21"}, {})
    assert events.texts() == [f"{path}: {name} can't be used and is passed over"]
    assert "s3cret" not in events.everything()


def test_a_key_that_cannot_be_used_costs_its_tenant_alone(path: Path) -> None:
    tenants: dict[str, Any] = {
        "good": {"provisioning_key": "a-good-key"},
        "short": {"provisioning_key": "s3cret"},
        "odd": {"provisioning_key": "s3cret/key/with/slashes"},
        "number": {"provisioning_key": 12345678},
        "list": [],
        "text": "x",
        "same": {"provisioning_key": "a-good-key"},
    }
    with logged() as events:
        read = parameters(path, {"tenants": tenants})
    assert read.provisioning_keys == {**dict.fromkeys(tenants), "good": Secret("a-good-key")}
    assert len(events.texts()) == 5
    assert "s3cret" not in events.everything()
    assert "a-good-key" not in events.everything()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"5", b"[" * 100_000])
def test_a_file_that_cannot_be_read_is_told_and_the_settings_hold(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with logged() as events:
        read = parameters(path, settings=settings_from({"proxy": {"http": "http://proxy:3128"}}))
    assert read.proxies == {"http": "http://proxy:3128"}
    assert events.texts() == [f"{path} can't be read: the settings hold"]


def test_settings_that_are_read_again_give_way_to_what_was_set_at_run_time(path: Path) -> None:
    read = parameters(path, {"http_proxy": None, "https_proxy": "set:1"})
    live = read.proxies
    settings = {"http": "http://proxy:1", "https": "proxy:2", "ftp": "http://proxy:3"}
    read.take_settings(settings_from({"proxy": settings}))
    assert live == {"https": "set:1", "ftp": "http://proxy:3"}
    read.take_settings(settings_from({}))
    assert live == {"https": "set:1"}
    assert read.proxies is live

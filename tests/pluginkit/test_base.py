from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from zope.interface.verify import verifyObject

from provd.pluginkit.base import Plugin, StandardPlugin
from provd.pluginkit.info import parse_plugin_info
from provd.pluginkit.interfaces import IPlugin
from provd.pluginkit.localization import get_locale, get_locale_and_language, set_locale
from tests.support import failed_with

INFO = {
    "version": "1.0",
    "description": "Phones",
    "description_fr": "Téléphones",
    "description_fr_CA": "Appareils",
    "capabilities": {},
    "vendor": "x",
}


@pytest.fixture(autouse=True)
def _default_locale() -> Iterator[None]:
    yield
    set_locale(None)


def plugin_in(folder: Path, info: Any) -> Plugin:
    (folder / "plugin-info").write_text(json.dumps(info), "utf-8")
    return Plugin(None, str(folder), {}, {})


def test_a_plugin_that_says_nothing_serves_no_phone(tmp_path: Path) -> None:
    plugin = plugin_in(tmp_path, INFO)
    verifyObject(IPlugin, plugin)
    assert (plugin.id, plugin.services, plugin.http_service, plugin.tftp_service) == (None, {}, None, None)
    assert plugin.get_remote_state_trigger_filename({}) is None
    assert plugin.is_sensitive_filename("x.cfg") is False
    plugin.configure_common({})
    plugin.configure({}, {})
    plugin.deconfigure({})
    plugin.load()
    plugin.close()
    failed_with(NotImplementedError, plugin.synchronize({}, {}))


def test_services_of_one_plugin_are_not_those_of_another() -> None:
    first, second = (Plugin(None, "/plugin", {}, {}) for _ in range(2))
    first.services = {"configure": object()}
    assert list(first.services) == ["configure"]
    assert second.services == {}


def test_a_class_may_define_its_services() -> None:
    class WithServices(Plugin):
        services = {"install": "it"}

    assert WithServices(None, "/plugin", {}, {}).services == {"install": "it"}


def test_a_standard_plugin_serves_a_folder() -> None:
    plugin = StandardPlugin(None, "/plugins/x", {}, {})
    assert (plugin._plugin_dir, plugin._tftpboot_dir) == ("/plugins/x", "/plugins/x/var/tftpboot")


@pytest.mark.parametrize(
    ("locale", "description"),
    [
        (None, "Phones"),
        ("fr", "Téléphones"),
        ("fr_CA", "Appareils"),
        ("fr_BE", "Téléphones"),
        ("de", "Phones"),
    ],
)
def test_the_description_is_that_of_the_locale(tmp_path: Path, locale: str | None, description: str) -> None:
    set_locale(locale)
    info = plugin_in(tmp_path, INFO).info
    assert info == {"version": "1.0", "description": description, "capabilities": {}, "vendor": "x"}


@pytest.mark.parametrize("missing", ["version", "description", "capabilities"])
def test_information_that_lacks_a_key_is_an_error(tmp_path: Path, missing: str) -> None:
    plugin = plugin_in(tmp_path, {key: value for key, value in INFO.items() if key != missing})
    with pytest.raises(ValueError, match=f"{missing} is missing"):
        _ = plugin.info


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"{", b"[" * 100_000])
def test_information_that_is_no_object_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="plugin-info"):
        parse_plugin_info(data)


def test_all_that_is_wrong_is_named() -> None:
    with pytest.raises(
        ValueError, match="version must be text, description is missing, capabilities must be an"
    ):
        parse_plugin_info(b'{"version": 1, "capabilities": []}')


def test_missing_information_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="can't be read"):
        _ = Plugin(None, str(tmp_path), {}, {}).info


def test_a_locale_has_a_language() -> None:
    assert get_locale_and_language() == (None, None)
    set_locale("fr_CA")
    assert (get_locale(), get_locale_and_language()) == ("fr_CA", ("fr_CA", "fr"))
    set_locale("")
    assert get_locale() is None


@pytest.mark.parametrize("locale", ["french", "FR", "fr-CA", "fr_ca", "fr_CA\n", "*"])
def test_other_texts_are_no_locale(locale: str) -> None:
    with pytest.raises(ValueError, match="not a locale"):
        set_locale(locale)

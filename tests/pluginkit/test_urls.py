from __future__ import annotations

from typing import Any

import pytest

from provd.pluginkit.urls import (
    add_accent_phonebook_url,
    add_accent_phonebook_url_from_format,
    add_accent_phoned_user_service_url,
)

ACCENT = {"X_accent_phonebook_ip": "192.0.2.5", "X_accent_user_uuid": "u-77"}
XIVO = {"X_xivo_phonebook_ip": "192.0.2.6", "X_xivo_user_uuid": "u-78"}


def test_both_families_get_the_url_of_the_phone_book() -> None:
    raw_config: dict[str, Any] = dict(ACCENT)
    add_accent_phonebook_url(raw_config, "brand", entry_point="lookup", qs_suffix="term=%")
    url = "http://192.0.2.5:9498/0.1/directories/lookup/default/brand?accent_user_uuid=u-77&term=%"
    assert raw_config == {**ACCENT, "XX_accent_phonebook_url": url, "XX_xivo_phonebook_url": url}


@pytest.mark.parametrize(
    ("given", "place", "query"),
    [
        (XIVO, "http://192.0.2.6:9498", "lang=fr&xivo_user_uuid=u-78"),
        ({**XIVO, **ACCENT}, "http://192.0.2.5:9498", "lang=fr&accent_user_uuid=u-77"),
        (
            {**XIVO, "X_xivo_phonebook_scheme": "https"},
            "https://192.0.2.6:9498",
            "lang=fr&xivo_user_uuid=u-78",
        ),
        ({**ACCENT, "X_xivo_phonebook_port": 443}, "http://192.0.2.5:443", "lang=fr&accent_user_uuid=u-77"),
        ({**XIVO, "X_accent_phonebook_ip": ""}, "http://192.0.2.6:9498", "lang=fr&xivo_user_uuid=u-78"),
    ],
)
def test_keys_of_either_family_are_read(given: dict[str, Any], place: str, query: str) -> None:
    raw_config = dict(given)
    add_accent_phonebook_url(raw_config, "snom", qs_prefix="lang=fr")
    assert raw_config["XX_xivo_phonebook_url"] == f"{place}/0.1/directories/input/default/snom?{query}"


def test_a_format_may_put_the_parts_elsewhere() -> None:
    raw_config: dict[str, Any] = dict(ACCENT)
    add_accent_phonebook_url_from_format(raw_config, "{scheme}|{hostname}|{port}|{profile}|{user_uuid}")
    assert raw_config["XX_accent_phonebook_url"] == "http|192.0.2.5|9498|default|u-77"
    assert raw_config["XX_xivo_phonebook_url"] == "http|192.0.2.5|9498|default|u-77"


def test_a_user_service_has_two_urls_in_both_families() -> None:
    raw_config: dict[str, Any] = dict(ACCENT)
    add_accent_phoned_user_service_url(raw_config, "yealink", "dnd")
    url = "http://192.0.2.5:9498/0.1/yealink/users/u-77/services/dnd"
    assert {key: value for key, value in raw_config.items() if key.startswith("XX_")} == {
        "XX_accent_phoned_user_service_dnd_enabled_url": f"{url}/enable",
        "XX_accent_phoned_user_service_dnd_disabled_url": f"{url}/disable",
        "XX_wazo_phoned_user_service_dnd_enabled_url": f"{url}/enable",
        "XX_wazo_phoned_user_service_dnd_disabled_url": f"{url}/disable",
    }


@pytest.mark.parametrize("missing", ["X_accent_phonebook_ip", "X_accent_user_uuid"])
def test_nothing_is_added_when_something_is_missing(missing: str) -> None:
    raw_config: dict[str, Any] = {key: value for key, value in ACCENT.items() if key != missing}
    before = dict(raw_config)
    add_accent_phonebook_url(raw_config, "snom")
    add_accent_phonebook_url_from_format(raw_config, "{hostname}")
    add_accent_phoned_user_service_url(raw_config, "snom", "dnd")
    assert raw_config == before

from __future__ import annotations

from pathlib import Path

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family import clock
from provd.pluginkit.family.plugin import FamilyPlugin
from provd.tzinform import Time
from tests.plugins.kit import MAC, load_family
from tests.plugins.snom.reading import settings


@pytest.mark.parametrize(
    ("zone", "entry"),
    [
        ("Europe/Paris", "FRA+1"),
        ("Europe/London", "GBR-0"),
        ("America/New_York", "USA-5"),
        ("America/Montreal", "CAN-5"),
        ("America/St_Johns", "CAN-3.5"),
        ("Asia/Kolkata", "IND+5.5"),
        ("Pacific/Chatham", "NZL+12.75"),
    ],
)
def test_zone_of_the_phones_own_list_is_named(plugin: FamilyPlugin, zone: str, entry: str) -> None:
    got = settings(plugin, "D785", timezone=zone)
    assert got["timezone"] == entry
    assert not {"utc_offset", "dst"} & got.keys()


@pytest.mark.parametrize(
    ("zone", "offset", "summer"),
    [
        ("Europe/Brussels", "3600", "3600 03.05.07 02:00:00 10.05.07 03:00:00"),
        ("Australia/Lord_Howe", "37800", "1800 10.01.07 02:00:00 04.01.07 02:00:00"),
        ("America/Santiago", "-14400", "3600 09.01.06 23:59:00 04.01.06 23:59:00"),
        ("Asia/Seoul", "32400", ""),
        ("America/Phoenix", "-25200", ""),
        ("America/Mexico_City", "-21600", ""),
        ("Asia/Kathmandu", "20700", ""),
        ("Pacific/Honolulu", "-36000", ""),
        ("Etc/UTC", "0", ""),
    ],
)
def test_other_zone_is_told_by_its_rules(plugin: FamilyPlugin, zone: str, offset: str, summer: str) -> None:
    got = settings(plugin, "D785", timezone=zone)
    assert (got["timezone"], got["utc_offset"], got["dst"]) == ("", offset, summer)


def test_entry_whose_clock_the_country_gave_up_is_not_used(
    plugin: FamilyPlugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "get_timezone_info", lambda name: {"utcoffset": Time(3600), "dst": None})
    got = settings(plugin, "D785", timezone="Europe/Paris")
    assert (got["timezone"], got["utc_offset"], got["dst"]) == ("", "3600", "")


def test_rules_by_date_are_written_by_date(plugin: FamilyPlugin, monkeypatch: pytest.MonkeyPatch) -> None:
    # No zone of today has such rules.
    change = {"month": 3, "day": "D9", "time": Time(7200)}
    dst = {"start": change, "end": {**change, "month": 9, "time": Time(86400)}, "save": Time(3600)}
    monkeypatch.setattr(clock, "get_timezone_info", lambda name: {"utcoffset": Time(0), "dst": dst})
    assert settings(plugin, "D785", timezone="Europe/Paris")["dst"] == "3600 09.03 02:00:00 09.09 23:59:00"
    dst["end"] = {"month": 10, "day": "W5.1", "time": Time(7200)}
    assert settings(plugin, "D785", timezone="Europe/Paris")["dst"] == ""


def test_unknown_zone_and_language_leave_the_phones_own(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "D785", timezone="Europe/Atlantis", locale="eo_XX")
    assert not {"timezone", "utc_offset", "dst", "language", "web_language", "tone_scheme"} & got.keys()
    report = plugin.unsupported(
        {"mac": MAC, "model": "D785"}, config("full", timezone="Europe/Atlantis", locale="eo_XX")
    )
    assert {line.partition(":")[0] for line in report} >= {"timezone", "locale"}


@pytest.mark.parametrize(
    ("model", "version", "locale", "language", "tones", "form"),
    [
        ("D785", "10.1.33.33", "fr_CA", "Français", "USA", None),
        ("D375", "8.9.3.60", "fr_CA", "Francais", "USA", None),
        ("D865", "10.1.184.1", "es_ES", "Español", "ESP", "es_ES"),
        ("320", "8.7.5.35", "nl_NL", "Dutch", "NLD", None),
        ("D735", None, "nl_BE", "Nederlands", None, None),
        ("D735", None, "no_NO", "Norsk", "NOR", None),
        ("320", "8.7.5.35", "ru_RU", None, None, None),
        ("M900", "07.40.0104", "es_MX", "Espanol", "MEX", None),
        ("D865", None, "pl_PL", None, None, "pl_PL"),
    ],
)
def test_language_and_tones_follow_the_locale(
    plugin: FamilyPlugin,
    model: str,
    version: str | None,
    locale: str,
    language: str | None,
    tones: str | None,
    form: str | None,
) -> None:
    got = settings(plugin, model, version, locale=locale)
    assert (got.get("language"), got.get("web_language")) == (language, language)
    assert (got.get("tone_scheme"), got.get("locale")) == (tones, form)


def test_languages_that_are_here_are_offered(tmp_path: Path) -> None:
    plugin = load_family("snom", tmp_path)
    plugin.write("lang/gui/Français.xml", b"")
    certificates = {"sip_servers_root_and_intermediate_certificates": []}
    got = settings(plugin, "D785", **certificates)
    assert got["url[0]"] == "http://192.0.2.5:8667/lang/gui/Fran%C3%A7ais.xml"
    assert "url[1]" not in got
    assert "url[0]" not in settings(plugin, "D785", locale="de_DE", **certificates)

from __future__ import annotations

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family import clock
from provd.pluginkit.family.plugin import FamilyPlugin
from provd.tzinform import Time
from tests.plugins.kit import MAC, own_file
from tests.plugins.yealink.reading import read, settings


@pytest.mark.parametrize(
    ("zone", "model", "offset", "start", "end", "minutes"),
    [
        ("Europe/Paris", "T46S", "+1", "3/5/7/2", "10/5/7/3", "60"),
        ("America/New_York", "T46S", "-5", "3/2/7/2", "11/1/7/2", "60"),
        ("America/St_Johns", "T46S", "-3:30", "3/2/7/2", "11/1/7/2", "60"),
        ("Australia/Lord_Howe", "T46S", "+10:30", "10/1/7/2", "4/1/7/2", "30"),
        ("Pacific/Auckland", "T28P", "+12", "9/5/7/2", "4/1/7/3", "60"),
        ("Pacific/Chatham", "T46S", "+12:45", "9/5/7/2", "4/1/7/3", "60"),
        ("America/Santiago", "T46S", "-4", "9/1/6/23", "4/1/6/23", "60"),
        ("Africa/Cairo", "T46S", "+2", "4/5/5/0", "10/5/4/23", "60"),
        ("Asia/Jerusalem", "T46S", "+2", "3/4/5/2", "10/5/7/2", "60"),
        ("Europe/Bucharest", "T46S", "+2", "3/5/7/3", "10/5/7/4", "60"),
    ],
)
def test_clocks_change_on_the_days_of_the_zone(
    plugin: FamilyPlugin, zone: str, model: str, offset: str, start: str, end: str, minutes: str
) -> None:
    got = settings(plugin, model, timezone=zone)
    assert got["local_time.time_zone"] == offset
    assert (got["local_time.summer_time"], got["local_time.dst_time_type"]) == ("1", "1")
    assert (got["local_time.start_time"], got["local_time.end_time"]) == (start, end)
    assert got["local_time.offset_time"] == minutes


@pytest.mark.parametrize(
    ("zone", "model", "offset"),
    [
        ("Asia/Kolkata", "T46S", "+5:30"),
        ("Asia/Kathmandu", "T46S", "+5:45"),
        ("Etc/UTC", "T46S", "0"),
        ("Pacific/Kiritimati", "T46S", "+14"),
        ("Pacific/Kiritimati", "T28P", "+13"),
        ("Etc/GMT+12", "T46S", "-11"),
    ],
)
def test_zone_without_summer_time(plugin: FamilyPlugin, zone: str, model: str, offset: str) -> None:
    got = settings(plugin, model, timezone=zone)
    assert (got["local_time.time_zone"], got["local_time.summer_time"]) == (offset, "0")


def test_unknown_zone_and_language_leave_the_phones_own(plugin: FamilyPlugin) -> None:
    raw_config = config("full", timezone="Europe/Atlantis", locale="eo_XX")
    got = read(own_file(plugin, {"mac": MAC, "model": "T46S"}, raw_config))
    assert not {"local_time.time_zone", "lang.gui", "voice.tone.country"} & got.keys()
    report = plugin.unsupported(
        {"mac": MAC, "model": "T46S"}, config("full", timezone="Europe/Atlantis", locale="eo_XX")
    )
    assert {line.partition(":")[0] for line in report} >= {"timezone", "locale"}


@pytest.mark.parametrize(
    ("locale", "language", "tones"),
    [
        ("fr_CA", "French_CA", "United States"),
        ("fr_BE", "French", "Belgium"),
        ("pt_BR", "Portuguese_LA", "Brazil"),
        ("es_MX", "Spanish_LA", "Mexico"),
        ("zh_TW", "Chinese_T", None),
        ("en_GB", "English", "Great Britain"),
        ("no_NO", None, "Norway"),
    ],
)
def test_language_and_tones_follow_the_locale(
    plugin: FamilyPlugin, locale: str, language: str | None, tones: str | None
) -> None:
    got = settings(plugin, "T46S", locale=locale)
    assert (got.get("lang.gui"), got.get("lang.wui"), got.get("voice.tone.country")) == (
        language,
        language,
        tones,
    )


def test_rules_by_date_are_written_by_date(plugin: FamilyPlugin, monkeypatch: pytest.MonkeyPatch) -> None:
    # No zone of today has such rules.
    change = {"month": 3, "day": "D9", "time": Time(7200)}
    dst = {"start": change, "end": {**change, "month": 9, "time": Time(86400)}, "save": Time(3600)}
    monkeypatch.setattr(clock, "get_timezone_info", lambda name: {"utcoffset": Time(0), "dst": dst})
    got = settings(plugin, "T46S", timezone="Europe/Paris")
    assert got["local_time.dst_time_type"] == "0"
    assert (got["local_time.start_time"], got["local_time.end_time"]) == ("03/09/02", "09/09/23")
    dst["end"] = {"month": 10, "day": "W5.1", "time": Time(7200)}
    assert settings(plugin, "T46S", timezone="Europe/Paris")["local_time.summer_time"] == "0"

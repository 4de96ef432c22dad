from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

from provd.timezones.database import tz_string, zone_names
from provd.timezones.info import (
    DefaultTimezoneInfoDB,
    TextTimezoneInfoDB,
    Time,
    TimezoneNotFoundError,
    get_timezone_info,
)
from provd.timezones.weekdays import iso_weekdays, week_start_on_monday

SYDNEY = (36000, (10, "W1.1", 7200), (4, "W1.1", 10800), 3600)
NEW_YORK = (-18000, (3, "W2.1", 7200), (11, "W1.1", 7200), 3600)
LONDON = (0, (3, "W5.1", 3600), (10, "W5.1", 7200), 3600)


@pytest.mark.parametrize(
    ("name", "offset", "start", "end", "save"),
    [
        ("Europe/Paris", 3600, (3, "W5.1", 7200), (10, "W5.1", 10800), 3600),
        ("Europe/London", *LONDON),
        ("Europe/Dublin", *LONDON),
        ("America/New_York", *NEW_YORK),
        ("America/Montreal", *NEW_YORK),
        ("US/Eastern", *NEW_YORK),
        ("America/St_Johns", -12600, (3, "W2.1", 7200), (11, "W1.1", 7200), 3600),
        ("Australia/Sydney", *SYDNEY),
        ("Australia/ACT", *SYDNEY),
        ("Australia/Lord_Howe", 37800, (10, "W1.1", 7200), (4, "W1.1", 7200), 1800),
        ("Pacific/Auckland", 43200, (9, "W5.1", 7200), (4, "W1.1", 10800), 3600),
        ("America/Santiago", -14400, (9, "W1.7", 86400), (4, "W1.7", 86400), 3600),
        ("Africa/Cairo", 7200, (4, "W5.6", 0), (10, "W5.5", 86400), 3600),
        ("Asia/Jerusalem", 7200, (3, "W4.6", 7200), (10, "W5.1", 7200), 3600),
    ],
)
def test_zones_with_summer_time(
    name: str, offset: int, start: tuple[int, str, int], end: tuple[int, str, int], save: int
) -> None:
    info = get_timezone_info(name)
    assert info["utcoffset"] == Time(offset)
    assert info["dst"] == {
        "start": {"month": start[0], "day": start[1], "time": Time(start[2])},
        "end": {"month": end[0], "day": end[1], "time": Time(end[2])},
        "save": Time(save),
        "as_string": "/".join(map(str, start)) + ";" + "/".join(map(str, end)) + f";{save}",
    }


@pytest.mark.parametrize(
    ("name", "offset"),
    [("Asia/Kolkata", 19800), ("Asia/Calcutta", 19800), ("Etc/UTC", 0), ("Etc/GMT+5", -18000)],
)
def test_zones_without_summer_time(name: str, offset: int) -> None:
    assert get_timezone_info(name) == {"utcoffset": Time(offset), "dst": None}


@pytest.mark.parametrize(
    "name",
    [
        "Canada/Newfoundland",
        "Iran",
        "Egypt",
        "Israel",
        "Japan",
        "Portugal",
        "Pacific/Samoa",
        "Pacific/Midway",
        "Pacific/Kwajalein",
        "Australia/Tasmania",
        "US/Samoa",
        "Etc/GMT-14",
        "Etc/GMT+12",
    ],
)
def test_older_names_are_known(name: str) -> None:
    assert get_timezone_info(name)


def test_each_zone_has_rules_that_phones_can_be_told() -> None:
    assert len(zone_names()) > 590
    for name in zone_names():
        info = get_timezone_info(name)
        assert -43200 <= info["utcoffset"].as_seconds <= 50400, name
        if info["dst"] is not None:
            assert 0 < info["dst"]["save"].as_seconds <= 7200, name


@pytest.mark.parametrize("name", ["", "Europe", "Europe/No", "../zones", "/etc/passwd", "a\0b", None, []])
def test_unknown_zones_are_an_error_that_names_them(name: Any) -> None:
    with pytest.raises(TimezoneNotFoundError) as caught:
        get_timezone_info(name)
    assert caught.value.args == (name,)


def test_what_a_caller_does_to_its_copy_is_seen_by_nobody_else() -> None:
    info = get_timezone_info("Europe/Paris")
    info["dst"]["start"]["day"] = info["utcoffset"] = "changed"
    assert get_timezone_info("Europe/Paris")["utcoffset"] == Time(3600)
    assert get_timezone_info("Europe/Paris")["dst"]["start"]["day"] == "W5.1"


def test_equal_rules_have_equal_strings() -> None:
    names = ("Europe/Paris", "Europe/Berlin", "Africa/Ceuta")
    assert {get_timezone_info(name)["dst"]["as_string"] for name in names} == {
        "3/W5.1/7200;10/W5.1/10800;3600"
    }


def test_weekdays_count_from_monday_for_those_who_ask() -> None:
    with iso_weekdays():
        assert get_timezone_info("Europe/Paris")["dst"]["start"]["day"] == "W5.7"
        assert get_timezone_info("Asia/Jerusalem")["dst"]["as_string"] == "3/W4.5/7200;10/W5.7/7200;3600"
    assert get_timezone_info("Europe/Paris")["dst"]["start"]["day"] == "W5.1"


def test_weekdays_of_other_threads_stay_as_they_are() -> None:
    days: list[str] = []
    with iso_weekdays():
        thread = Thread(target=lambda: days.append(get_timezone_info("Europe/Paris")["dst"]["end"]["day"]))
        thread.start()
        thread.join()
    assert days == ["W5.1"]


def test_week_starts_on_monday() -> None:
    assert [week_start_on_monday(day) for day in range(1, 8)] == [7, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("seconds", "minutes", "hours", "hms"),
    [
        (0, 0, 0, [0, 0, 0]),
        (3599, 59, 0, [0, 59, 59]),
        (37800, 630, 10, [10, 30, 0]),
        (-3602, -61, -2, [-1, 0, 2]),
        (-12600, -210, -4, [-3, 30, 0]),
        (-62, -2, -1, [0, -1, 2]),
        (-5, -1, -1, [0, 0, -5]),
    ],
)
def test_times_in_other_units(seconds: int, minutes: int, hours: int, hms: list[int]) -> None:
    time = Time(seconds)
    assert (time.as_seconds, time.as_minutes, time.as_hours, time.as_hms) == (seconds, minutes, hours, hms)


def test_an_unknown_zone_may_have_a_default() -> None:
    database = DefaultTimezoneInfoDB("Europe/Paris", TextTimezoneInfoDB())
    assert database.get_timezone_info("Nowhere")["utcoffset"] == Time(3600)
    assert database.get_timezone_info("Asia/Tokyo")["utcoffset"] == Time(32400)


def test_the_default_of_unknown_zones_must_be_known() -> None:
    with pytest.raises(TimezoneNotFoundError):
        DefaultTimezoneInfoDB("Nowhere", TextTimezoneInfoDB())


def test_a_tz_string_comes_from_the_package() -> None:
    assert tz_string("Europe/Paris") == "CET-1CEST,M3.5.0,M10.5.0/3"
    with pytest.raises(KeyError):
        tz_string("Europe/Nowhere")

from __future__ import annotations

import pytest

from provd.timezones import regular
from provd.timezones.database import zone_content, zone_names
from provd.timezones.regular import is_regular


@pytest.mark.parametrize(
    "name", ["Europe/Paris", "America/New_York", "Asia/Kolkata", "Etc/UTC", "US/Eastern"]
)
def test_zones_with_yearly_rules_or_none_are_regular(name: str) -> None:
    assert is_regular(name)


def test_zone_that_follows_a_religious_calendar_is_not() -> None:
    assert not is_regular("Asia/Gaza")


def test_few_zones_are_irregular() -> None:
    assert sum(not is_regular(name) for name in zone_names()) < 20


def test_unknown_zone_is_an_error() -> None:
    with pytest.raises(KeyError):
        is_regular("Europe/Atlantis")


def test_damaged_file_is_an_error() -> None:
    content = zone_content("Europe/Paris")
    for length in (0, 20, 43, 60):
        with pytest.raises(ValueError, match="damaged"):
            regular._last_listed_change(content[:length])

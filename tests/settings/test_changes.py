from typing import Any

import pytest

from provd.settings.changes import AT_RUN_TIME, changes
from provd.settings.check import settings_from


def changed(old: dict[str, Any], new: dict[str, Any]) -> tuple[list[str], list[str]]:
    return changes(settings_from(old), settings_from(new))


def test_equal_settings_differ_in_nothing() -> None:
    same = {"bus": {"password": "x"}, "plugin_config": {"a": {"b": [1]}}}
    assert changed(same, same) == ([], [])


def test_what_a_running_daemon_takes_up_is_told_from_what_waits() -> None:
    old = {"general": {"tftp_port": 69}, "auth": {"token": "a"}, "plugin_config": {"a": {"b": 1}}}
    new = {
        "general": {"tftp_port": 6969, "verbose": True},
        "proxy": {"https": "p:1"},
        "bus": {"password": "x"},
    }
    assert changed(old, new) == (
        ["general.verbose", "proxy.https"],
        ["auth.token", "bus.password", "general.tftp_port", "plugin_config.a.b"],
    )


@pytest.mark.parametrize("key", sorted(AT_RUN_TIME))
def test_every_run_time_setting_exists(key: str) -> None:
    section, name = key.split(".")
    assert hasattr(getattr(settings_from({}), section), name)

from __future__ import annotations

from provd.pluginkit.family.keys import FunctionKey, function_keys, place
from provd.pluginkit.family.reports import Report


def test_keys_come_in_the_order_of_positions() -> None:
    report = Report()
    raw_config = {
        "funckeys": {
            "10": {"type": "speeddial", "value": 112},
            "9": {"type": "blf", "value": "1009", "label": None, "line": "2"},
            "1": {"type": "park", "line": None},
            "2": {"type": "park", "value": "701"},
        },
        "exten_park": 700,
    }
    assert function_keys(raw_config, 2, report) == [
        FunctionKey(1, "park", "700", "", 1),
        FunctionKey(2, "park", "701", "", 1),
        FunctionKey(9, "blf", "1009", "", 2),
        FunctionKey(10, "speeddial", "112", "", 1),
    ]
    assert report.lines == []
    del raw_config["exten_park"]
    assert [key.position for key in function_keys(raw_config, 2, report)] == [2, 9, 10]
    assert report.lines == ["funckeys.1: has no value, and there is no exten_park"]


def test_what_is_no_key_is_reported() -> None:
    report = Report()
    raw_config = {
        "funckeys": {
            "0": {"type": "blf", "value": "1"},
            "²": {"type": "blf", "value": "1"},
            "3": {"type": "dance", "value": "1"},
            "4": {"type": "blf", "value": ""},
            "5": {"type": "blf", "value": "1", "line": 9},
        }
    }
    assert function_keys(raw_config, 2, report) == [FunctionKey(5, "blf", "1", "", 1)]
    assert [line.partition(":")[0] for line in report.lines] == [
        "funckeys.0",
        "funckeys.²",
        "funckeys.3",
        "funckeys.4",
        "funckeys.5",
    ]


def test_keys_are_placed_by_position_and_what_does_not_fit_is_reported() -> None:
    report = Report()
    keys = [FunctionKey(2, "blf", "1", "", 1), FunctionKey(4, "blf", "2", "", 1)]
    assert place(keys, ["a", "b", "c"], report) == {"b": keys[0]}
    assert report.lines == ["funckeys.4: this phone has 3 keys, with all modules"]


def test_config_without_keys_has_none() -> None:
    assert function_keys({"funckeys": None}, 1, Report()) == []

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC, files, load_family
from tests.plugins.polycom.reading import DIRECTORY, OWN, directory, read, settings


def keys_shown(plugin: FamilyPlugin, device: dict[str, Any], raw_config: dict[str, Any]) -> dict[int, str]:
    """
    Return what the keys of a phone show, which takes each list in order.
    """
    plugin.configure(device, raw_config)
    got = read(files(plugin)[OWN])
    resources = [
        got[name] for number in range(1, 300) if got.get(name := f"attendant.resourceList.{number}.address")
    ]
    dials = directory(files(plugin)[DIRECTORY]) if DIRECTORY in files(plugin) else {}
    if "lineKey.reassignment.enabled" not in got:
        lines = [f"line {n}" for n in range(1, 35) if got.get(f"reg.{n}.address")]
        return dict(enumerate(lines + resources + [dials[n][0] for n in sorted(dials)], 1))
    shown, waiting = {}, iter(resources)
    for number in range(1, 300):
        index = int(got.get(f"lineKey.{number}.index", 0))
        match got.get(f"lineKey.{number}.category"):
            case "Line":
                shown[number] = f"line {index}"
            case "BLF":
                assert index == 0
                shown[number] = next(waiting)
            case "SpeedDial":
                shown[number] = dials[index][0]
    assert list(waiting) == []
    return shown


FULL = {2: "1002", 3: "+33123456789", 4: "701", 5: "1005", 12: "112", 30: "1030", 70: "1070"}


@pytest.mark.parametrize(
    ("model", "version", "shown"),
    [
        ("VVX450", "6.4.4.8275", FULL | {1: "line 1", 6: "line 2", 7: "line 3"}),
        ("VVX600", "4.1.6.4835", FULL | {1: "line 1", 6: "line 2", 7: "line 3"}),
        (
            "CCX600",
            "8.0.2.3267",
            {n: v for n, v in FULL.items() if n <= 24} | {1: "line 1", 6: "line 2", 7: "line 3"},
        ),
        ("VVX101", "6.4.4.8275", {1: "line 1", 2: "1002"}),
        ("VVX1500", "4.1.4.7430", {1: "line 1", 2: "line 2", 3: "line 3", 4: "1002", 5: "701", 6: "1005"}),
        ("SPIP450", "3.2.3.1734", {1: "line 1", 2: "line 2", 3: "line 3"}),
        ("SPIP601", "3.1.6.0017", {1: "line 1", 2: "line 2", 3: "line 3", 4: "+33123456789", 5: "112"}),
        ("SSIP6000", "4.0.4.2906", {1: "line 1"}),
    ],
)
def test_keys_show_what_is_asked_for_or_the_report_says_what_not(
    tmp_path: Path, model: str, version: str, shown: dict[int, str]
) -> None:
    plugin = load_family("polycom", tmp_path)
    device = {"id": "d1", "mac": MAC, "model": model, "version": version}
    assert keys_shown(plugin, device, config("full")) == shown
    said = {line.partition(":")[0] for line in plugin.unsupported(device, config("full"))}
    wrong = {f"funckeys.{n}" for n, value in FULL.items() if shown.get(n) != value}
    assert wrong <= said
    assert not {f"funckeys.{n}" for n in FULL} - wrong & said


def reported(
    plugin: FamilyPlugin, model: str, version: str, keys: dict[str, Any], **parameters: Any
) -> set[str]:
    device = {"id": "d1", "mac": MAC, "model": model, "version": version}
    raw_config = config("one-line", funckeys=keys, **parameters)
    return {line.partition(":")[0] for line in plugin.unsupported(device, raw_config)}


def test_number_is_in_the_directory_once(plugin: FamilyPlugin, tmp_path: Path) -> None:
    dial = {"type": "speeddial", "value": "112"}
    keys = {"2": {**dial, "label": "Help"}, "3": {**dial, "label": "Help"}, "4": {**dial, "label": "Other"}}
    assert reported(plugin, "VVX450", "6.4.4.8275", keys) == {"funckeys.4.label"}
    assert reported(plugin, "SPIP650", "4.0.4.2906", keys) == {"funckeys.3", "funckeys.4"}
    other = load_family("polycom", tmp_path)
    device = {"mac": MAC, "model": "VVX450", "version": "6.4.4.8275"}
    shown = keys_shown(other, device, config("one-line", funckeys=keys))
    assert shown == {1: "line 1", 2: "112", 3: "112", 4: "112"}
    assert directory(files(other)[DIRECTORY]) == {1: ("112", "Help")}


def test_label_is_cut_between_characters(tmp_path: Path) -> None:
    plugin = load_family("polycom", tmp_path)
    keys = {"2": {"type": "speeddial", "value": "1", "label": "é" * 30 + "x"}}
    plugin.configure({"mac": MAC, "model": "VVX450"}, config("one-line", funckeys=keys))
    assert directory(files(plugin)[DIRECTORY]) == {1: ("1", "é" * 20)}
    assert reported(plugin, "VVX450", "6.4.4.8275", keys) == {"funckeys.2.label"}


def test_park_without_a_place_takes_that_of_all(plugin: FamilyPlugin) -> None:
    keys = {"2": {"type": "park"}}
    assert reported(plugin, "VVX450", "6.4.4.8275", keys) == {"funckeys.2"}
    assert reported(plugin, "VVX450", "6.4.4.8275", keys, exten_park="700") == set()
    got = settings(plugin, "VVX450", config="one-line", funckeys=keys, exten_park="700")
    assert got["attendant.resourceList.1.address"] == "700"
    assert got["attendant.resourceList.1.type"] == "automata"


def test_line_without_any_key_left_is_reported(plugin: FamilyPlugin) -> None:
    keys = {str(n): {"type": "blf", "value": str(n)} for n in (1, 2)}
    assert reported(plugin, "VVX101", "6.4.4.8275", keys) == {"sip_lines.1"}


@pytest.mark.parametrize("code", ["*25$", "!25", "^1", "'"])
def test_code_that_would_be_a_command_is_on_no_soft_key(plugin: FamilyPlugin, code: str) -> None:
    assert reported(plugin, "VVX450", "6.4.4.8275", {}, exten_dnd=code) == {"exten_dnd"}
    assert settings(plugin, "VVX450", exten_dnd=code)["softkey.1.enable"] == "0"

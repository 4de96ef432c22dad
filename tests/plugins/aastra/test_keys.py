from __future__ import annotations

from typing import Any

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.aastra.reading import settings
from tests.plugins.kit import MAC


def values(got: dict[str, str]) -> dict[str, str]:
    return {name.removesuffix(" value"): value for name, value in got.items() if name.endswith(" value")}


def said(plugin: FamilyPlugin, model: str, **parameters: Any) -> set[str]:
    lines = plugin.unsupported({"mac": MAC, "model": model}, config("one-line", **parameters))
    return {line.partition(":")[0] for line in lines}


@pytest.mark.parametrize(
    ("model", "parameters", "expected"),
    [
        ("6755i", {}, {1: "prgkey1", 6: "prgkey6", 7: "softkey1", 26: "softkey20", 27: "expmod1 key1"}),
        ("6757i", {}, {10: "topsoftkey10", 11: "softkey1", 31: "expmod1 key1", 67: "expmod2 key1"}),
        (
            "6757i",
            {"X_aastra_module": "M675i"},
            {90: "expmod1 key60", 91: "expmod2 key1", 210: "expmod3 key60"},
        ),
        ("6739i", {}, {1: "softkey1", 55: "softkey55", 56: "expmod1 key1"}),
        ("6867i", {}, {20: "topsoftkey20", 21: "softkey1", 39: "expmod1 key1", 55: "expmod2 key1"}),
        ("6867i", {"X_aastra_module": "M685i"}, {122: "expmod1 key84", 123: "expmod2 key1"}),
        ("6863i", {}, {1: "prgkey1", 3: "prgkey3"}),
        ("6930", {}, {22: "topsoftkey22", 23: "expmod1 key1"}),
        ("6970", {}, {24: "topsoftkey24"}),
    ],
)
def test_positions_count_the_phones_own_keys_before_those_of_modules(
    plugin: FamilyPlugin, model: str, parameters: dict[str, str], expected: dict[int, str]
) -> None:
    wanted = {str(position): {"type": "speeddial", "value": f"1{position:03}"} for position in expected}
    got = values(settings(plugin, model, config="one-line", funckeys=wanted, **parameters))
    assert got == {name: f"1{position:03}" for position, name in expected.items()}


@pytest.mark.parametrize(
    ("model", "parameters", "reported"),
    [
        ("6863i", {"funckeys": {"4": {"type": "blf", "value": "1"}}}, {"funckeys.4"}),
        ("6863i", {"funckeys": {"1": {"type": "blf", "value": "1", "label": "A"}}}, {"funckeys.1.label"}),
        ("6867i", {"funckeys": {"21": {"type": "blf", "value": "1", "label": "A"}}}, {"funckeys.21"}),
        ("6757i", {"funckeys": {"21": {"type": "blf", "value": "1", "label": "A"}}}, set()),
        ("6867i", {"funckeys": {"1": {"type": "park"}}}, {"funckeys.1"}),
        ("6867i", {"funckeys": {"1": {"type": "park"}}, "exten_park": "700"}, set()),
        ("6867i", {"exten_park": "700"}, {"exten_park"}),
        ("6757i", {"exten_park": "700"}, set()),
        ("6867i", {"X_aastra_module": "M670i"}, {"X_aastra_module"}),
        ("6731i", {"X_aastra_module": "M670i"}, {"X_aastra_module"}),
        ("6867i", {"exten_dnd": "*25"}, set()),
        ("6930", {"exten_dnd": "*25"}, {"exten_dnd"}),
        ("6867i", {"exten_fwd_busy": "*23"}, {"exten_fwd_busy"}),
    ],
)
def test_what_keys_cannot_do_is_reported(
    plugin: FamilyPlugin, model: str, parameters: dict[str, Any], reported: set[str]
) -> None:
    assert said(plugin, model, **parameters) == reported


@pytest.mark.parametrize(
    ("model", "version", "codes"),
    [
        ("6757i", "2.6.0.1008", {}),
        ("6757i", "3.3.1.4365", {"sip line1": "701;701;asterisk", "sip line2": "703;703;asterisk"}),
        ("6867i", "4.3.0.2036", {}),
    ],
)
def test_parking_is_told_by_the_key_and_on_firmware_3_by_the_line_as_well(
    plugin: FamilyPlugin, model: str, version: str, codes: dict[str, str]
) -> None:
    places = {"1": ("701", 1), "2": ("702", 1), "3": ("703", 2)}
    funckeys = {
        position: {"type": "park", "value": value, "line": line} for position, (value, line) in places.items()
    }
    got = settings(plugin, model, version, funckeys=funckeys, exten_park=None)
    assert [got[f"topsoftkey{n} value"] for n in (1, 2, 3)] == [
        "asterisk;701",
        "asterisk;702",
        "asterisk;703",
    ]
    suffix = " park pickup config"
    assert {name.removesuffix(suffix): v for name, v in got.items() if name.endswith(suffix)} == codes
    raw_config = config("full", funckeys=funckeys, exten_park=None)
    lines = plugin.unsupported({"mac": MAC, "model": model, "version": version}, raw_config)
    assert [line.partition(":")[0] for line in lines if "parks" in line] == (["funckeys.2"] if codes else [])


@pytest.mark.parametrize(
    ("model", "taken", "expected"),
    [
        ("6757i", (), {"softkey20": "xml", "softkey19": "*25", "softkey18": "*9", "softkey17": "*20"}),
        ("6757i", (29, 30), {"softkey18": "xml", "softkey17": "*25", "softkey16": "*9", "softkey15": "*20"}),
        ("6867i", (), {"softkey18": "*25", "softkey17": "*9", "softkey16": "*20"}),
        ("9480i", (1, 2, 3, 4, 5), {"softkey6": "xml"}),
        ("6731i", (), {"prgkey8": "xml"}),
        ("6731i", (8,), {"prgkey7": "xml"}),
        ("6863i", (), {}),
    ],
)
def test_codes_and_phone_book_are_put_on_keys_that_are_left(
    plugin: FamilyPlugin, model: str, taken: tuple[int, ...], expected: dict[str, str]
) -> None:
    funckeys = {str(position): {"type": "speeddial", "value": "1"} for position in taken}
    got = settings(plugin, model, funckeys=funckeys)
    found = {
        name: "xml" if got[f"{name} type"] == "xml" else value
        for name, value in values(got).items()
        if value != "1"
    }
    assert found == expected
    lines = plugin.unsupported({"mac": MAC, "model": model}, config("full", funckeys=funckeys))
    missing = {line.partition(":")[0] for line in lines if "is left for" in line}
    soft_keys = {value for name, value in expected.items() if name.startswith("softkey")}
    codes = {"exten_dnd": "*25", "exten_pickup_group": "*9", "exten_fwd_disable_all": "*20"}
    assert missing == {name for name, code in codes.items() if code not in soft_keys}


def test_phone_book_without_a_key_has_a_setting_of_its_own_or_is_reported(plugin: FamilyPlugin) -> None:
    book = settings(plugin, "6863i")["directory script"]
    assert book.startswith("http://192.0.2.6:9498/0.1/directories/input/default/aastra?")
    assert "directory script" not in settings(plugin, "6757i")
    lines = plugin.unsupported({"mac": MAC, "model": "6751i"}, config("full"))
    assert "X_accent_phonebook_ip: no key of the phone is left for the phone book" in lines


def test_keys_that_are_locked_in_the_factory_are_opened(plugin: FamilyPlugin) -> None:
    assert settings(plugin, "6731i")["prgkey5 locked"] == "0"
    assert "prgkey5 locked" not in settings(plugin, "6865i")

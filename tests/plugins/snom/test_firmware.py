from __future__ import annotations

from typing import Any

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC, load_family, served
from tests.plugins.snom.reading import settings

URL = "http://192.0.2.5:8667/firmware"
FILES = (
    "10.1.198.19/snomD785-10.1.198.19-SIP-r.bin",
    "10.1.54.13/snomD785-10.1.54.13-SIP-r.bin",
    "10.1.54.13/snomD375-10.1.54.13-SIP-r.bin",
    "10.1.54.13/snomD375-ramdisk-chained-update-r.bin",
    "10.1.54.13/snomD345-10.1.54.13-SIP-r.bin",
    "8.7.5.35/snom320-8.7.5.35-SIP-f.bin",
    "10.1.215.13/snomD865-10.1.215.13-SIP-r.swu",
    "1.6.1/snomD7C-1.6.1-r.bin",
    "1.6.1/snomD8C-1.6.1-r.bin",
    "1.6.1/notes.txt",
    "M900/M900_v0740_b0104.fwu",
    "M900/M900_v0501_b0002.fwu",
    "M900/M900_v0410_b0001.fwu",
    "M300/M300_v0520_b0001.fwu",
    "07.40.0104/M900_v0740_b0105.fwu",
    "M65/M65_v0740_b0104.fwu",
    "M65/M65_v0740_b0099.fwu",
)


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> FamilyPlugin:
    plugin = load_family("snom", tmp_path_factory.mktemp("plugins"))
    for path in FILES:
        plugin.write(f"firmware/{path}", b"")
    return plugin


def told(plugin: FamilyPlugin, model: str, version: str | None, **parameters: Any) -> tuple[str, str | None]:
    """
    Return the policy, and the text of the document that the phone is sent to for its firmware.
    """
    got = settings(plugin, model, version, config="autoprov", **parameters)
    name = got["firmware_status"].rpartition("/")[2]
    return got["update_policy"], (served(plugin) / name).read_text("utf-8") if name else None


@pytest.mark.parametrize(
    ("wanted", "model", "version", "path"),
    [
        (None, "D785", "10.1.33.33", "10.1.198.19/snomD785-10.1.198.19-SIP-r.bin"),
        (None, "D785", None, "10.1.198.19/snomD785-10.1.198.19-SIP-r.bin"),
        ("10.1.54.13", "D785", "10.1.198.19", "10.1.54.13/snomD785-10.1.54.13-SIP-r.bin"),
        (None, "320", "8.4.35", "8.7.5.35/snom320-8.7.5.35-SIP-f.bin"),
        (None, "D865", "10.1.184.1", "10.1.215.13/snomD865-10.1.215.13-SIP-r.swu"),
        (None, "D375", "10.1.46.1", "10.1.54.13/snomD375-10.1.54.13-SIP-r.bin"),
    ],
)
def test_firmware_is_the_wanted_else_the_newest_of_the_model(
    stocked: FamilyPlugin, wanted: str | None, model: str, version: str | None, path: str
) -> None:
    policy, document = told(stocked, model, version, **({"X_firmware": wanted} if wanted else {}))
    assert policy == "auto_update"
    assert document is not None
    assert f"<firmware>{URL}/{path}</firmware>" in document


@pytest.mark.parametrize(
    ("wanted", "model", "reported"),
    [("none", "D785", False), ("10.1.99.1", "D385", True), (None, "370", False), (None, "D999", False)],
)
def test_phone_without_an_image_is_left_alone(
    stocked: FamilyPlugin, wanted: str | None, model: str, reported: bool
) -> None:
    parameters = {"X_firmware": wanted} if wanted else {}
    assert told(stocked, model, None, **parameters) == ("settings_only", None)
    report = stocked.unsupported({"mac": MAC, "model": model}, config("autoprov", **parameters))
    assert any(line.startswith("X_firmware:") for line in report) is reported


def test_old_phone_comes_to_v10_by_the_step_between(stocked: FamilyPlugin) -> None:
    _policy, document = told(stocked, "D375", "8.9.3.60")
    final = "http%3A%2F%2F192.0.2.5%3A8667%2Ffirmware%2F10.1.54.13%2FsnomD375-10.1.54.13-SIP-r.bin"
    step = f"{URL}/10.1.54.13/snomD375-ramdisk-chained-update-r.bin"
    assert document is not None
    assert f"<firmware>{step}?chained_url={final}%3Fmac%3D001565AA0B1C</firmware>" in document
    assert told(stocked, "D345", "8.9.3.60") == ("settings_only", None)
    report = stocked.unsupported({"mac": MAC, "model": "D345", "version": "8.9.3.60"}, config("autoprov"))
    assert any("ramdisk-chained-update" in line for line in report)


def test_modules_get_theirs_through_the_phone(stocked: FamilyPlugin) -> None:
    for model, module in (("D735", "D7C"), ("D812", "D8C")):
        policy, document = told(stocked, model, None)
        assert policy == "auto_update"
        assert document is not None
        assert f"<firmware_uxm>{URL}/1.6.1/snom{module}-1.6.1-r.bin</firmware_uxm>" in document
        assert told(stocked, model, None, X_firmware="none") == ("settings_only", None)
    assert told(stocked, "D745", None) == ("settings_only", None)


@pytest.mark.parametrize(
    ("wanted", "model", "version", "number"),
    [
        (None, "M900", "07.20.0001", ("740", "104")),
        (None, "M900", None, ("740", "104")),
        ("05.01.0002", "M900", "05.20.0001", ("501", "2")),
        ("07.40.0105", "M900", "07.20.0001", ("", "")),
        (None, "M900", "04.50.0001", ("501", "2")),
        (None, "M900", "04.40.0001", ("740", "104")),
        ("04.10.0001", "M900", "04.50.0001", ("", "")),
        ("04.10.0001", "M900", "04.40.0001", ("410", "1")),
        ("none", "M900", "07.20.0001", ("", "")),
        (None, "M400", "07.20.0001", ("", "")),
    ],
)
def test_base_gets_what_it_comes_to_in_one_step(
    stocked: FamilyPlugin, wanted: str | None, model: str, version: str | None, number: tuple[str, str]
) -> None:
    parameters = {"X_firmware": wanted} if wanted else {}
    got = settings(stocked, model, version, config="autoprov", **parameters)
    assert (got["fp_fwu_sw_version"], got["fp_fwu_branch_version"]) == number
    assert got["firmware"] == ("" if wanted == "none" else URL)
    handset = (None, None) if wanted == "none" else ("740", "104")
    assert tuple(got.get(f"pp_fwu_{name}_version[M65]") for name in ("sw", "branch")) == handset
    assert "pp_fwu_sw_version[M85]" not in got


@pytest.mark.parametrize(
    ("url", "is_reported"),
    [
        ("http://192.0.2.5:8667", True),
        ("http://192.0.2.5:80/key", False),
        ("http://192.0.2.5", False),
        ("http://[2001:db8::5]:8667/key", True),
    ],
)
def test_port_that_firmware_05_20_drops_is_reported(
    stocked: FamilyPlugin, url: str, is_reported: bool
) -> None:
    device = {"mac": MAC, "model": "M300", "version": "05.20.0001"}
    report = stocked.unsupported(device, config("autoprov", http_base_url=url))
    assert any("drops the port" in line for line in report) is is_reported

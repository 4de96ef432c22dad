from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.identification.association import DeviceSupport
from provd.pluginkit.family.plugin import FamilyPlugin


@pytest.mark.parametrize(
    ("model", "version", "support"),
    [
        ("VVX450", "6.4.4.8275", DeviceSupport.EXACT),
        ("CCX600", "8.0.2.3267", DeviceSupport.EXACT),
        ("SPIP335", "4.0.4.2906", DeviceSupport.EXACT),
        ("SPIP335", "5.0.0.1", DeviceSupport.COMPLETE),
        ("VVX450", None, DeviceSupport.COMPLETE),
        ("VVX470", "6.4.4.8275", DeviceSupport.INCOMPLETE),
        ("EdgeE700", None, DeviceSupport.INCOMPLETE),
        ("HDX9000", None, DeviceSupport.PROBABLE),
        (None, None, DeviceSupport.PROBABLE),
    ],
)
def test_support_of_phones(
    plugin: FamilyPlugin, model: str | None, version: str | None, support: DeviceSupport
) -> None:
    told = {"vendor": "Polycom", "model": model, "version": version}
    assert plugin.pg_associator.associate({k: v for k, v in told.items() if v is not None}) == support


LINES = {
    "PolycomSoundPointIP": ["SPIP_331", "SPIP_650"],
    "PolycomSoundStationIP": ["SSIP_6000"],
    "PolycomVVX": ["VVX_1500", "VVX_450", "VVX_999"],
    "PolycomRealPresenceTrio": ["Trio_8800", "Trio_C60"],
    "PolyCCX": ["CCX_600"],
    "PolyEdge": ["Edge_E450"],
}
NAMES = st.sampled_from([f"{line}-{model}" for line, models in LINES.items() for model in models])
NUMBERS = st.lists(st.integers(0, 99999), min_size=3, max_size=3)
ADDRESS = "64:16:7f:aa:0b:1c"


@given(
    name=NAMES,
    major=st.integers(2, 12),
    numbers=NUMBERS,
    serial=st.sampled_from(["", " (SN:64167faa0b1c)", " (SN:64167FAA0B1C)", " (SN:)", " (SN:n/a)"]),
    program=st.sampled_from(["", "Application", "Updater", "BootROM"]),
    file=st.sampled_from(["64167faa0b1c.cfg", "64167faa0b1c-web.cfg", "64167faa0b1c-boot.log", "sip.ld", ""]),
)
def test_user_agent_built_like_the_captured_ones(
    plugin: FamilyPlugin, name: str, major: int, numbers: list[int], serial: str, program: str, file: str
) -> None:
    version = ".".join(map(str, (major, *numbers)))
    kind = f" Type/{program}" if program else ""
    info = plugin.identity.of_http(f"FileTransport {name}-UA/{version}{serial}{kind}", file)
    expected = {"vendor": "Polycom", "model": name.rpartition("-")[2].replace("_", "")}
    if program == "Application" or (not program and (major >= 5 or file.endswith("-web.cfg"))):
        expected["version"] = version
    if "64" in serial or file.startswith("64"):
        expected["mac"] = ADDRESS
    assert info == expected

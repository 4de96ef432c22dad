from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.identification.association import DeviceSupport
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC


@pytest.mark.parametrize(
    ("info", "support"),
    [
        ({"vendor": "Grandstream", "model": "GXP2160", "version": "1.0.11.23"}, DeviceSupport.EXACT),
        ({"vendor": "Grandstream", "model": "GXP2000", "version": "1.2.5.3"}, DeviceSupport.EXACT),
        ({"vendor": "Grandstream", "model": "HT801V2", "version": "1.0.5.10"}, DeviceSupport.EXACT),
        ({"vendor": "Grandstream", "model": "GRP2614", "version": "2.0.1.1"}, DeviceSupport.COMPLETE),
        ({"vendor": "Grandstream", "model": "BT201", "version": "1.2.1.4"}, DeviceSupport.EXACT),
        ({"vendor": "Grandstream", "model": "BT110"}, DeviceSupport.INCOMPLETE),
        ({"vendor": "Grandstream", "model": "GXV3000"}, DeviceSupport.INCOMPLETE),
        ({"vendor": "Grandstream", "model": "grp9999"}, DeviceSupport.INCOMPLETE),
        ({"vendor": "Grandstream", "model": "UCM6202"}, DeviceSupport.PROBABLE),
        ({"vendor": "Grandstream"}, DeviceSupport.PROBABLE),
        ({"vendor": "Htek", "model": "UC926"}, DeviceSupport.IMPROBABLE),
        ({"mac": MAC}, DeviceSupport.UNKNOWN),
    ],
)
def test_support_of_phones(plugin: FamilyPlugin, info: dict[str, str], support: DeviceSupport) -> None:
    assert plugin.pg_associator.associate(info) == support


VERSIONS = st.lists(st.integers(0, 999), min_size=4, max_size=4).map(lambda ns: ".".join(map(str, ns)))
MACS = st.integers(1, 2**48 - 2).map(lambda number: f"{number:012x}")


def spelled(mac: str) -> str:
    return ":".join(mac[i : i + 2] for i in range(0, 12, 2))


@given(
    model=st.sampled_from(["GXP1405", "GRP2612W", "HT801V2", "GXV3380", "DP752", "WP820", "GXP9999"]),
    revision=st.sampled_from(["", " V2.2A", "  V1.3A"]),
    version=VERSIONS,
    mac=MACS,
    colons=st.booleans(),
)
def test_user_agent_built_like_the_captured_ones(
    plugin: FamilyPlugin, model: str, revision: str, version: str, mac: str, colons: bool
) -> None:
    address = spelled(mac).upper() if colons else mac
    agent = f"Grandstream Model HW {model}{revision} SW {version} DevId {address}"
    told = {"vendor": "Grandstream", "model": model, "version": version, "mac": spelled(mac)}
    assert plugin.identity.of_http(agent, "x") == told
    assert plugin.identity.of_http(agent, f"cfg{mac}.xml") == told


@given(
    model=st.sampled_from(["GXP2000", "BT200", "GXV3000"]),
    image=st.from_regex(r"[a-z]{2,3}[0-9]{3,4}[a-z]\.bin", fullmatch=True),
    versions=st.tuples(VERSIONS, VERSIONS),
    mac=MACS | st.none(),
)
def test_user_agent_of_old_phones_has_the_loaders_version_last(
    plugin: FamilyPlugin, model: str, image: str, versions: tuple[str, str], mac: str | None
) -> None:
    agent = f"Grandstream {model} ({image}:{versions[0]}/boot55e.bin:{versions[1]})"
    told = {"vendor": "Grandstream", "model": model, "version": versions[0]}
    if mac is not None:
        agent += f" DevId {mac}"
        told["mac"] = spelled(mac)
    assert plugin.identity.of_http(agent, "x") == told


@given(
    name=st.sampled_from(["cfg{}", "cfg{}.bin", "cfg{}.xml", "CFG{}.XML", "dev{}.cfg"]),
    prefix=st.sampled_from(["000b82", "c074ad", "ec74d7", "001fc1"]),
    rest=st.integers(0, 2**24 - 1).map(lambda number: f"{number:06x}"),
)
def test_file_names_name_the_vendor_by_the_address_alone(
    plugin: FamilyPlugin, name: str, prefix: str, rest: str
) -> None:
    told = {"mac": spelled(prefix + rest)}
    if prefix != "001fc1":  # Htek's
        told["vendor"] = "Grandstream"
    assert plugin.identity.of_tftp(name.format(prefix + rest)) == told
    foreign = plugin.identity.of_http("Htek UC926 2.0.4.4.33", name.format(prefix + rest))
    assert foreign == (told if "vendor" in told else None)

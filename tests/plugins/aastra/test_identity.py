from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.identification.association import DeviceSupport
from provd.pluginkit.family.plugin import FamilyPlugin


@pytest.mark.parametrize(
    ("info", "support"),
    [
        ({"model": "6757i", "version": "2.6.0.1008"}, DeviceSupport.EXACT),
        ({"model": "6930", "version": "5.1.0.6044"}, DeviceSupport.EXACT),
        ({"model": "6930", "version": "8.2.0.1013"}, DeviceSupport.EXACT),
        ({"model": "6930", "version": "5.0.0.1018"}, DeviceSupport.COMPLETE),
        ({"model": "480i"}, DeviceSupport.COMPLETE),
        ({"model": "6757iCT"}, DeviceSupport.COMPLETE),
        ({"model": "6925w"}, DeviceSupport.INCOMPLETE),
        ({"model": "Q1"}, DeviceSupport.PROBABLE),
        ({}, DeviceSupport.PROBABLE),
    ],
)
def test_support_of_phones(plugin: FamilyPlugin, info: dict[str, str], support: DeviceSupport) -> None:
    assert plugin.pg_associator.associate({"vendor": "Aastra", **info}) == support


SHORT = {"51i": "6751i", "53i": "6753i", "55i": "6755i", "57i": "6757i"}
NAMES = st.sampled_from(
    [*SHORT, "57iCT", "480i", "9133i", "9480iCT", "6731i", "6867i", "6905", "6940w", "6925"]
)
MACS = st.integers(1, 2**48 - 2).map(lambda number: f"{number:012x}")
VERSIONS = st.lists(st.integers(0, 9999), min_size=4, max_size=4).map(lambda ns: ".".join(map(str, ns)))


def colons(mac: str) -> str:
    return ":".join(mac[i : i + 2] for i in range(0, 12, 2))


@given(
    brand=st.sampled_from(["Aastra", "Mitel", "AASTRA", "mitel"]),
    name=NAMES,
    mac=MACS,
    version=VERSIONS,
    tail=st.sampled_from(["", "-SIP", "-0035-00-A1", "-SIP more", "(SIP)"]),
    file=st.sampled_from(["", "aastra.cfg", "6865i.st", "001565AABBCC.cfg", "security.tuz"]),
)
def test_user_agent_built_like_the_captured_ones(
    plugin: FamilyPlugin, brand: str, name: str, mac: str, version: str, tail: str, file: str
) -> None:
    agent = f"{brand}{name} MAC:{colons(mac).replace(':', '-').upper()} V:{version}{tail}"
    told = {"vendor": "Aastra", "model": SHORT.get(name, name), "version": version, "mac": colons(mac)}
    assert plugin.identity.of_http(agent, f"/Aastra/{file}") == told


@given(brand=st.sampled_from(["Aastra", "Mitel"]), name=NAMES, mac=MACS)
def test_option_60_and_images_name_the_model(plugin: FamilyPlugin, brand: str, name: str, mac: str) -> None:
    told = {"vendor": "Aastra", "model": SHORT.get(name, name)}
    assert plugin.identity.of_dhcp(colons(mac), {60: f"{brand}IPPhone{name}\x00"}) == told
    if name != "6925":  # no file of a model that the family doesn't have names the vendor
        assert plugin.identity.of_tftp(f"firmware/{name}.st") == told


@given(
    mac=MACS,
    prefix=st.sampled_from(["00085d", "0010bc", "08000f", "1400e9"]),
    ending=st.sampled_from(["cfg", "tuz"]),
)
def test_address_of_a_file_names_the_vendor_by_its_prefix_alone(
    plugin: FamilyPlugin, mac: str, prefix: str, ending: str
) -> None:
    own = prefix + mac[6:]
    told = {"vendor": "Aastra", "mac": colons(own)}
    assert plugin.identity.of_tftp(f"{own.upper()}.{ending}") == told
    foreign = plugin.identity.of_http("Acme A1", f"02{mac[2:]}.{ending}")
    assert foreign is None


@pytest.mark.parametrize(
    "name", ["aastra.cfg", "startup.tuz", "security.tuz", "53i.st", "6867i.cfg", "6930.st"]
)
def test_our_file_names_tell_nothing_of_a_phone_that_says_it_is_another(
    plugin: FamilyPlugin, name: str
) -> None:
    assert plugin.identity.of_http("Acme A1 1.0", name) is None
    assert plugin.identity.of_http("Mitel 5330 SIP", name) is None
    assert (plugin.identity.of_http(None, name) or {})["vendor"] == "Aastra"

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.identification.association import DeviceSupport
from provd.plugincheck.samples import config
from provd.pluginkit.errors import RawConfigError
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC


@pytest.mark.parametrize(
    ("info", "support"),
    [
        ({"model": "N510 IP PRO", "version": "42.258.00.000.000"}, DeviceSupport.EXACT),
        ({"model": "N870 IP PRO", "version": "83.V2.43.0"}, DeviceSupport.EXACT),
        ({"model": "Maxwell 3 PRO", "version": "82.2.18.4"}, DeviceSupport.EXACT),
        ({"model": "P820", "version": "10.1.97.15"}, DeviceSupport.EXACT),
        ({"model": "N870 IP PRO", "version": "83.V3.0.1"}, DeviceSupport.COMPLETE),
        ({"model": "N610 IP PRO"}, DeviceSupport.COMPLETE),
        ({"model": "N899 IP PRO"}, DeviceSupport.INCOMPLETE),
        ({"model": "P82x"}, DeviceSupport.INCOMPLETE),
        ({"model": "Maxwell 10"}, DeviceSupport.PROBABLE),
        ({"model": "C470 IP"}, DeviceSupport.PROBABLE),
        ({}, DeviceSupport.PROBABLE),
        ({"vendor": "Snom", "model": "D812"}, DeviceSupport.IMPROBABLE),
    ],
)
def test_support_of_phones(plugin: FamilyPlugin, info: dict[str, str], support: DeviceSupport) -> None:
    assert plugin.pg_associator.associate({"vendor": "Gigaset", **info}) == support


@pytest.mark.parametrize("model", ["C470 IP", "C475 IP", "S675 IP", "S685 IP", "Maxwell 10", "DE410 IP PRO"])
def test_models_without_files_are_not_configured(plugin: FamilyPlugin, model: str) -> None:
    device = {"id": "d1", "mac": MAC, "model": model}
    with pytest.raises(RawConfigError):
        plugin.configure(device, config("autoprov"))
    with pytest.raises(RawConfigError):
        plugin.unsupported(device, config("autoprov"))


MACS = st.integers(1, 2**48 - 2).map(lambda number: f"{number:012x}")
CASE = st.sampled_from([str.lower, str.upper])
NUMBERS = st.lists(st.integers(0, 999), min_size=2, max_size=4).map(lambda ns: ".".join(map(str, ns)))
TAILS = st.sampled_from(["", "+build.5f0a106", "-160-g758db0bf", "-release"])


@given(
    word=st.sampled_from(["Gigaset ", "gigaset ", ""]),
    model=st.sampled_from(
        ["N510 IP PRO", "N870E IP PRO", "N870 VI PRO", "N720 DM PRO", "C610A IP", "N999 IP PRO"]
    ),
    gap=st.sampled_from([" ", "-", "_"]),
    product=st.sampled_from(["42.", "70.", "71.", "83.V"]),
    numbers=NUMBERS,
    tail=TAILS,
    mac=MACS,
    case=CASE,
    capacity=st.sampled_from(["", ";Handset=0", ";Handset=250"]),
    quote=st.sampled_from(["", '"']),
)
def test_user_agent_of_a_base_built_like_the_captured_ones(
    plugin: FamilyPlugin,
    word: str,
    model: str,
    gap: str,
    product: str,
    numbers: str,
    tail: str,
    mac: str,
    case: object,
    capacity: str,
    quote: str,
) -> None:
    version = f"{product}{numbers}"
    written = mac.upper() if case is str.upper else mac
    agent = f"{quote}{word}{model.replace(' ', gap)}/{version}{tail};{written}{capacity}{quote}"
    colon_mac = ":".join(mac[i : i + 2] for i in range(0, 12, 2))
    told = {"vendor": "Gigaset", "model": model, "version": version, "mac": colon_mac}
    assert plugin.identity.of_http(agent, "/provisioning.xml") == told


@given(
    word=st.sampled_from(["Gigaset_", "gigaset_", ""]),
    letter=st.sampled_from("CSN"),
    number=st.integers(100, 999),
    kind=st.sampled_from(["", "E"]),
    gap=st.sampled_from(["", "_"]),
    place=st.sampled_from(["IP", "DM"]),
    pro=st.sampled_from(["", "_PRO"]),
    more=st.sampled_from(["", "\x00", " 1.2"]),
)
def test_option_60_built_like_the_captured_ones(
    plugin: FamilyPlugin,
    word: str,
    letter: str,
    number: int,
    kind: str,
    gap: str,
    place: str,
    pro: str,
    more: str,
) -> None:
    told = plugin.identity.of_dhcp(MAC, {60: f"{word}{letter}{number}{kind}{gap}{place}{pro}{more}"})
    model = f"{letter}{number}{kind} {place}{pro.replace('_', ' ')}"
    assert told == {"vendor": "Gigaset", "model": model}


@given(
    mac=MACS,
    case=CASE,
    phone_type=st.sampled_from(["P710", "P810", "P82x", "P85x"]),
    agent=st.sampled_from([None, "Ours"]),
)
def test_name_of_a_phone_is_proof_unless_snom_asks(
    plugin: FamilyPlugin, mac: str, case: object, phone_type: str, agent: str | None
) -> None:
    path = f"/Gigaset{phone_type}-{mac.upper() if case is str.upper else mac}.htm"
    told = plugin.identity.of_http(agent, path)
    assert told is not None
    assert (told["vendor"], told["model"], told["mac"].replace(":", "")) == ("Gigaset", phone_type, mac)
    told_of_snoms = plugin.identity.of_http("Mozilla/4.0 (compatible; snomD812-SIP 10.1.184.15)", path)
    assert told_of_snoms == {"mac": told["mac"]}

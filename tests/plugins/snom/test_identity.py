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
        ({"vendor": "Snom", "model": "D785", "version": "10.1.33.33"}, DeviceSupport.EXACT),
        ({"vendor": "Snom", "model": "D785", "version": "10.1.19.1"}, DeviceSupport.COMPLETE),
        ({"vendor": "Snom", "model": "D785", "version": "11.0.1.1"}, DeviceSupport.COMPLETE),
        ({"vendor": "snom", "model": "320", "version": "8.7.5.35"}, DeviceSupport.EXACT),
        ({"vendor": "Snom", "model": "320", "version": "6.5.20"}, DeviceSupport.COMPLETE),
        ({"vendor": "Snom", "model": "D385", "version": "1.0.1.1"}, DeviceSupport.COMPLETE),
        ({"vendor": "Snom", "model": "M900", "version": "07.40.0104"}, DeviceSupport.EXACT),
        ({"vendor": "Snom", "model": "M300", "version": "03.23.0005"}, DeviceSupport.EXACT),
        ({"vendor": "Snom", "model": "D790"}, DeviceSupport.INCOMPLETE),
        ({"vendor": "Snom", "model": "C520"}, DeviceSupport.PROBABLE),
        ({"vendor": "Snom"}, DeviceSupport.PROBABLE),
        ({"vendor": "Gigaset", "model": "P850W"}, DeviceSupport.IMPROBABLE),
        ({"mac": MAC}, DeviceSupport.UNKNOWN),
    ],
)
def test_support_of_phones(plugin: FamilyPlugin, info: dict[str, str], support: DeviceSupport) -> None:
    assert plugin.pg_associator.associate(info) == support


MODELS = st.sampled_from(["300", "320", "715", "870", "D120", "D785", "D865", "MP", "PA1", "D999"])
VERSIONS = st.lists(st.integers(0, 999), min_size=3, max_size=4).map(lambda ns: ".".join(map(str, ns)))
ADDRESSES = st.integers(1, 2**48 - 2).map(lambda number: f"{number:012x}")
WORDS = st.lists(
    st.sampled_from(
        ["1.1.3-s", "1.1.5-IFX-05.01.12", "SPEAr300", "SNOM", "1.4", "2010.12-00004-g9ba52f5"]
        + ["(Jun 12 2020 - 10:20:30 +0200)", "(202006121020)", "jffs2", "000413", "0004139"]
    ),
    max_size=4,
).map(" ".join)


@given(
    opening=st.sampled_from(["Mozilla/4.0 (compatible; snom", "Mozilla/4.0 (compatible; Snom", "snom"]),
    model=MODELS,
    version=VERSIONS,
    words=WORDS,
    mac=ADDRESSES,
    tail=st.sampled_from(["", ")", " SXM:0 UXM:0)", " SXM:1 UXM:0 UXMC:2)", ";", "; else)"]),
)
def test_user_agent_of_a_phone_built_like_the_captured_ones(
    plugin: FamilyPlugin, opening: str, model: str, version: str, words: str, mac: str, tail: str
) -> None:
    told = {"vendor": "Snom", "model": model, "version": version}
    address = ":".join(mac[i : i + 2] for i in range(0, 12, 2))
    agent = f"{opening}{model}-SIP {version} {words} "
    whole = {**told, "mac": address}
    assert plugin.identity.of_http(f"{agent}{mac.upper()}{tail}", "x") == whole
    assert plugin.identity.of_http(f"{agent.strip()}{tail}", "x") == told
    assert plugin.identity.of_http(f"{agent}{tail}", f"snom{model}-{mac.upper()}.htm") == whole


@given(
    word=st.sampled_from(["Snom ", "snom "]),
    model=st.sampled_from(["M300", "M400", "M700", "M900", "m9"]),
    numbers=st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 9999)),
    mac=ADDRESSES,
)
def test_user_agent_of_a_base_built_like_the_captured_one(
    plugin: FamilyPlugin, word: str, model: str, numbers: tuple[int, int, int], mac: str
) -> None:
    version = "{:02}.{:02}.{:04}".format(*numbers)
    info = plugin.identity.of_http(f"Mozilla/4.0 (compatible; {word}{model} {version} {mac})", "x")
    address = ":".join(mac[i : i + 2] for i in range(0, 12, 2))
    assert info == {"vendor": "Snom", "model": model, "version": version, "mac": address}


@given(more=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20))
def test_option_60_of_a_base_has_its_model_first(plugin: FamilyPlugin, more: str) -> None:
    assert plugin.identity.of_dhcp(MAC, {60: f"snomM900{more}"}) == {"vendor": "Snom", "model": "M900"}

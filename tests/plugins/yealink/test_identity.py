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
        ({"vendor": "Yealink", "model": "T46S", "version": "66.86.0.15"}, DeviceSupport.EXACT),
        ({"vendor": "Yealink", "model": "VP59", "version": "91.283.0.30"}, DeviceSupport.EXACT),
        ({"vendor": "Yealink", "model": "T46S", "version": "66.99.0.1"}, DeviceSupport.COMPLETE),
        ({"vendor": "Yealink", "model": "T46S"}, DeviceSupport.COMPLETE),
        ({"vendor": "Yealink", "model": "T18", "version": "18.0.0.80"}, DeviceSupport.COMPLETE),
        ({"vendor": "Yealink", "model": "T46X"}, DeviceSupport.INCOMPLETE),
        ({"vendor": "Yealink", "model": "Q1"}, DeviceSupport.PROBABLE),
        ({"vendor": "Yealink"}, DeviceSupport.PROBABLE),
        ({"vendor": "Snom", "model": "D785"}, DeviceSupport.IMPROBABLE),
        ({"mac": MAC}, DeviceSupport.UNKNOWN),
    ],
)
def test_support_of_phones(plugin: FamilyPlugin, info: dict[str, str], support: DeviceSupport) -> None:
    assert plugin.pg_associator.associate(info) == support


MODELS = st.sampled_from(["T46S", "T19P_E2", "CP960", "W90DM", "AX83H", "VP59", "T49G", "T99"])
VERSIONS = st.lists(st.integers(0, 999), min_size=4, max_size=4).map(lambda ns: ".".join(map(str, ns)))


@given(
    word=st.sampled_from(["Yealink ", "yealink ", "YEALINK ", "Yealink-"]),
    sip=st.sampled_from(["", "SIP-", "SIP VP-", "VP-"]),
    model=MODELS,
    version=VERSIONS,
    gap=st.sampled_from([" ", "  "]),
    mac=st.integers(1, 2**48 - 2).map(lambda number: f"{number:012x}"),
    colons=st.booleans(),
)
def test_user_agent_built_like_the_captured_ones(
    plugin: FamilyPlugin, word: str, sip: str, model: str, version: str, gap: str, mac: str, colons: bool
) -> None:
    if "VP-" in sip and not model.startswith("T"):
        sip = "SIP-"
    colon_mac = ":".join(mac[i : i + 2] for i in range(0, 12, 2))
    info = plugin.identity.of_http(f"{word}{sip}{model}{gap}{version} {colon_mac if colons else mac}", "x")
    assert info == {"vendor": "Yealink", "model": model, "version": version, "mac": colon_mac}

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
        ({"vendor": "Fanvil", "model": "X4", "version": "2.10.2.6887"}, DeviceSupport.EXACT),
        ({"vendor": "Fanvil", "model": "X5U-V2", "version": "2.12.1"}, DeviceSupport.EXACT),
        ({"vendor": "Fanvil", "model": "X6U-Pro", "version": "0.0.10"}, DeviceSupport.COMPLETE),
        ({"vendor": "Fanvil", "model": "X6V2"}, DeviceSupport.COMPLETE),
        ({"vendor": "Fanvil", "model": "V69"}, DeviceSupport.INCOMPLETE),
        ({"vendor": "Fanvil", "model": "A32i"}, DeviceSupport.PROBABLE),
        ({"vendor": "Fanvil"}, DeviceSupport.PROBABLE),
        ({"vendor": "Digium", "model": "A25"}, DeviceSupport.IMPROBABLE),
        ({"mac": MAC}, DeviceSupport.UNKNOWN),
    ],
)
def test_support_of_phones(plugin: FamilyPlugin, info: dict[str, str], support: DeviceSupport) -> None:
    assert plugin.pg_associator.associate(info) == support


@given(
    word=st.sampled_from(["Fanvil ", "fanvil ", "FANVIL  ", "Linkvil "]),
    model=st.sampled_from(
        ["X4", "X6U Pro", "X6U-Pro", "i10SV", "H2U-V2", "W620W", "X210i Pro", "A320i", "Z9 Pro"]
    ),
    version=st.lists(st.integers(0, 9999), min_size=2, max_size=5).map(lambda ns: ".".join(map(str, ns))),
    mac=st.integers(1, 2**48 - 2).map(lambda number: f"{number:012x}"),
    tail=st.sampled_from(["", ")", "; x", ","]),
    path=st.sampled_from(["x", "F0V0V6600000.cfg", "0c383eaa0b1c.cfg"]),
)
def test_user_agent_built_like_the_captured_ones(
    plugin: FamilyPlugin, word: str, model: str, version: str, mac: str, tail: str, path: str
) -> None:
    info = plugin.identity.of_http(f"{word}{model} {version} {mac}{tail}", path)
    assert info == {
        "vendor": "Fanvil",
        "model": model.replace(" ", "-"),
        "version": version,
        "mac": ":".join(mac[i : i + 2] for i in range(0, 12, 2)),
    }


def test_every_model_is_read_from_the_names_made_of_it(plugin: FamilyPlugin) -> None:
    def tells(name: str) -> str | None:
        return (plugin.identity.of_tftp(name) or {}).get("model")

    for model in plugin.phones.models:
        word = model.lower().replace("-", "_")
        assert tells(f"fanvil_{word}_hwv1_0.txt") == model
        base, is_pro = model.removesuffix("-Pro"), model.endswith("-Pro")
        bare = base.replace("-", "")
        if model != "X2":  # the table gives that name to the X210
            zeros = "0000" if len(bare) > 4 else "10000" if is_pro else "00000"
            if not (is_pro and len(bare) > 4):
                assert tells(f"F0V{bare.rjust(4, '0')}{zeros}.cfg") == model
        if not is_pro:
            assert tells(f"f0{bare}hw1.100.cfg") == model


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Digium A25 2.10.0 0c383eaa0b1c", "f0X5hw1.100.cfg"),
        ("Digium A20 1.4.0", "f0A20hw1.100.cfg"),
        ("Sangoma A30 2.6.0", "A0V0A3000000.cfg"),
        ("planet VIP-2020PT", "fanvil_x4_hwv1_0.txt"),
    ],
)
def test_the_same_hardware_under_another_name_is_not_ours(
    plugin: FamilyPlugin, agent: str, name: str
) -> None:
    assert plugin.identity.of_http(agent, name) is None
    assert plugin.identity.of_http(agent, "0c383eaa0b1c.cfg") == {"mac": "0c:38:3e:aa:0b:1c"}


@given(name=st.from_regex(r"[Ff]0[Vv][0-9A-Za-z]{8,9}\.cfg", fullmatch=True))
def test_name_of_a_common_file_is_never_an_address(plugin: FamilyPlugin, name: str) -> None:
    assert "mac" not in (plugin.identity.of_tftp(name) or {})

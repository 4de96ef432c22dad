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
        ({"vendor": "Cisco", "model": "SPA504G", "version": "7.6.2c"}, DeviceSupport.EXACT),
        ({"vendor": "Cisco", "model": "SPA942", "version": "6.1.5(a)"}, DeviceSupport.EXACT),
        ({"vendor": "Cisco", "model": "SPA122", "version": "1.3.5(004p_XU001)"}, DeviceSupport.EXACT),
        ({"vendor": "Cisco", "model": "ATA191", "version": "11-1-0-MSR4"}, DeviceSupport.EXACT),
        ({"vendor": "Cisco", "model": "SPA504G", "version": "8.0.1"}, DeviceSupport.COMPLETE),
        ({"vendor": "Cisco", "model": "PAP2T"}, DeviceSupport.COMPLETE),
        ({"vendor": "Cisco", "model": "SPA599G"}, DeviceSupport.INCOMPLETE),
        # Phones of other families, and what is no phone.
        ({"vendor": "Cisco", "model": "8841"}, DeviceSupport.IMPROBABLE),
        ({"vendor": "Cisco", "model": "7941G"}, DeviceSupport.IMPROBABLE),
        ({"vendor": "Cisco", "model": "SPA9000"}, DeviceSupport.IMPROBABLE),
        ({"vendor": "Cisco"}, DeviceSupport.UNKNOWN),
        ({"vendor": "Yealink", "model": "T46S"}, DeviceSupport.IMPROBABLE),
        ({"mac": MAC}, DeviceSupport.UNKNOWN),
    ],
)
def test_support_of_phones(plugin: FamilyPlugin, info: dict[str, str], support: DeviceSupport) -> None:
    assert plugin.pg_associator.associate(info) == support


MODELS = st.sampled_from(["SPA504G", "SPA525G2", "SPA942", "SPA8000", "SPA122", "PAP2T", "SPA999X"])
NUMBERS = st.lists(st.integers(0, 99), min_size=3, max_size=3).map(lambda ns: ".".join(map(str, ns)))
SUFFIXES = st.sampled_from(["", "a", "(a)", "(SR5)", "(004p_XU001)", "(GW)"])
SERIALS = st.text("0123456789ABCDEF", min_size=8, max_size=12)


@given(
    word=st.sampled_from(["Cisco", "Linksys", "LINKSYS", "Sipura"]),
    model=MODELS,
    dash=st.booleans(),
    numbers=NUMBERS,
    suffix=SUFFIXES,
    serial=SERIALS | st.none(),
    mac=st.integers(1, 2**48 - 2).map(lambda number: f"{number:012X}") | st.none(),
)
def test_user_agent_built_like_the_captured_ones(
    plugin: FamilyPlugin,
    word: str,
    model: str,
    dash: bool,
    numbers: str,
    suffix: str,
    serial: str | None,
    mac: str | None,
) -> None:
    spelled = f"{model[:3]}-{model[3:]}" if dash else model
    agent = f"{word}/{spelled}-{numbers}{suffix}"
    tells = {"vendor": "Cisco", "model": model, "version": f"{numbers}{suffix}"}
    if serial is not None:
        agent += f" ({mac})({serial})" if mac else f" ({serial})"
        tells["sn"] = serial
        if mac:
            tells["mac"] = ":".join(mac[i : i + 2] for i in range(0, 12, 2)).lower()
    assert plugin.identity.of_http(agent, "x") == tells


@given(model=MODELS, spell=st.sampled_from([str, str.lower, str.upper]))
def test_first_file_tells_the_model_in_any_case(plugin: FamilyPlugin, model: str, spell: object) -> None:
    name = f"spa{model[3:]}.cfg" if model.startswith("SPA") else f"spa{model}.cfg"
    assert plugin.identity.of_tftp(name.replace(model[3:], spell(model[3:]))) == {  # type: ignore[operator]
        "vendor": "Cisco",
        "model": model,
    }

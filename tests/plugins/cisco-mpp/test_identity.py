from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.identification.association import DeviceSupport
from provd.pluginkit.family.plugin import FamilyPlugin


@pytest.mark.parametrize(
    ("info", "support"),
    [
        ({"model": "8841", "version": "12.0.7"}, DeviceSupport.EXACT),
        ({"model": "7832", "version": "11.3.1MSR3-3"}, DeviceSupport.EXACT),
        ({"model": "8875", "version": "3.1.1"}, DeviceSupport.EXACT),
        ({"model": "8841", "version": "13.0.1"}, DeviceSupport.COMPLETE),
        ({"model": "8841"}, DeviceSupport.COMPLETE),
        ({"model": "8899"}, DeviceSupport.INCOMPLETE),
        ({"model": "9899"}, DeviceSupport.INCOMPLETE),
        # Those of other families: of the call manager, of the SPA line, and whatever else Cisco makes.
        ({}, DeviceSupport.UNKNOWN),
        *(
            ({"model": model}, DeviceSupport.IMPROBABLE)
            for model in (
                *("8821", "8831", "7941G", "7975G", "6921", "8945", "8961", "9951", "9971", "CIPC"),
                *("SPA504G", "SPA8000", "PAP2T", "ATA190", "ATA191", "ATA192"),
            )
        ),
    ],
)
def test_support_of_ciscos_phones(plugin: FamilyPlugin, info: dict[str, str], support: DeviceSupport) -> None:
    assert plugin.pg_associator.associate({"vendor": "Cisco", **info}) == support


MODELS = st.from_regex(r"(68|78|88|98)[0-9]{2}", fullmatch=True)
VERSIONS = st.from_regex(r"1[0-2]\.[0-9](\.[0-9]((MPP|MSR)[0-9]{1,4}-[0-9]{1,3})?)?", fullmatch=True)
MACS = st.integers(1, 2**48 - 2).map(lambda number: f"{number:012x}")


@given(
    model=MODELS, version=VERSIONS, mac=MACS, separator=st.sampled_from([" ({})", "_{}", "_{}_more-of-it"])
)
def test_user_agent_built_like_the_captured_ones(
    plugin: FamilyPlugin, model: str, version: str, mac: str, separator: str
) -> None:
    agent = f"Cisco-CP-{model}-3PCC/{version}{separator.format(mac)}"
    colon_mac = ":".join(mac[i : i + 2] for i in range(0, 12, 2))
    told = {"vendor": "Cisco", "model": model, "version": version, "mac": colon_mac}
    assert plugin.identity.of_http(agent, "") == told


@given(
    model=MODELS,
    mac=MACS,
    agent=st.sampled_from([None, "Our phones", "Mozilla/5.0"]),
    path=st.sampled_from(["{}-3PCC.xml", "CP-{}-3PCC.xml", "a/{}-3PCC.xml", "Cisco/CP-{}-3PCC/{}.cfg"]),
)
def test_name_of_a_product_is_proof_whatever_the_user_agent(
    plugin: FamilyPlugin, model: str, mac: str, agent: str | None, path: str
) -> None:
    told = plugin.identity.of_http(agent, path.format(model, mac))
    assert told == plugin.identity.of_tftp(path.format(model, mac))
    assert told is not None
    assert (told["vendor"], told["model"]) == ("Cisco", model)
    assert told.get("mac", "").replace(":", "") == (mac if path.endswith(".cfg") else "")


@given(prefix=st.sampled_from(["", "IP Phone ", "Cisco Systems, Inc. IP Phone "]), model=MODELS)
def test_option_60_tells_the_multiplatform_image_alone(plugin: FamilyPlugin, prefix: str, model: str) -> None:
    mac = "00:56:2b:00:00:01"
    told = plugin.identity.of_dhcp(mac, {60: f"{prefix}CP-{model}-3PCC\x00"})
    assert told == {"vendor": "Cisco", "model": model}
    assert plugin.identity.of_dhcp(mac, {60: f"{prefix}CP-{model}\x00"}) is None

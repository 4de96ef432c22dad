"""
Phones show the right local time in every zone, or their family says that they can't.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from provd.timezones.database import zone_names
from provd.timezones.regular import is_regular
from tests.plugins.clocks import first_wrong
from tests.plugins.kit import FAMILIES, HERE, MAC, UPDATE_GOLDEN, files, load_family

READERS = {family: import_module(f"tests.plugins.{family}.reading") for family in FAMILIES}
PHONES = [(family, number) for family in FAMILIES for number in range(len(READERS[family].CLOCKS))]
GOLDEN = "timezones.txt"


def reasons(plugin: FamilyPlugin, device: dict[str, Any], raw_config: dict[str, Any]) -> list[str]:
    """
    Return what the family says of the zone.
    """
    return [line for line in plugin.unsupported(device, raw_config) if line.startswith("timezone:")]


@pytest.mark.parametrize(("family", "number"), PHONES)
def test_local_time_is_right_in_every_zone_or_the_family_says_so(
    tmp_path: Any, family: str, number: int
) -> None:
    """
    ``CLOCKS`` of a family's ``reading.py`` are devices that differ in this, ``clock`` there reads the files.
    """
    plugin, device = load_family(family, tmp_path), {"id": "d1", "mac": MAC, **READERS[family].CLOCKS[number]}
    wrong, refused = [], []
    for name in sorted(zone_names()):
        said = reasons(plugin, device, config("autoprov", timezone=name))
        plugin.configure(device, config("autoprov", timezone=name))
        mistake = first_wrong(name, READERS[family].clock(files(plugin)))
        if mistake and not said:
            wrong.append(f"{name}: {mistake}")
        if said:
            refused.append(f"{name}: {'; '.join(line.partition(': ')[2] for line in said)}\n")
            assert mistake or not is_regular(name), f"{name} is right, though the family says {said}"
    assert wrong == []
    golden = HERE / family / "golden" / f"{device.get('model')}-{GOLDEN}"
    if UPDATE_GOLDEN:
        golden.write_text("".join(refused), "utf-8")
    assert "".join(refused) == golden.read_text("utf-8")

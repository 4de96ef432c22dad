"""
Phones show the right local time in every zone, or their family says that they can't.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from provd.plugincheck.samples import config
from provd.timezones.database import zone_names
from provd.timezones.regular import is_regular
from tests.plugins.clocks import PhoneClock, first_wrong
from tests.plugins.kit import FAMILIES, HERE, MAC, UPDATE_GOLDEN, files, load_family

READERS = {family: import_module(f"tests.plugins.{family}.reading") for family in FAMILIES}
PHONES = [(family, number) for family in FAMILIES for number in range(len(READERS[family].CLOCKS))]
GOLDEN = "timezones.txt"


class Clocks:
    """
    The clocks that a family's files set, by name of the zone.

    The files hold what the plugin's ``context`` returns: zones for which that is the same but for their name
    are rendered and read once.  Templates don't see the name, so nothing else can differ.
    """

    def __init__(self, family: str, folder: Path, device: dict[str, Any]) -> None:
        self._plugin, self._device = load_family(family, folder), device
        self._read = READERS[family].clock
        self._context, self._known = "", dict[str, PhoneClock]()
        make = self._plugin.context

        def context(*arguments: Any) -> dict[str, Any]:
            made = make(*arguments)
            made.pop("timezone", None)
            self._context = repr(made)
            return made

        self._plugin.context = context  # type: ignore[method-assign]

    def of(self, name: str) -> tuple[PhoneClock, list[str]]:
        """
        Return a zone's clock, and what the family says of the zone.
        """
        said = self._plugin.unsupported(self._device, config("autoprov", timezone=name))
        if self._context not in self._known:
            self._plugin.configure(self._device, config("autoprov", timezone=name))
            self._known[self._context] = self._read(files(self._plugin))
        return self._known[self._context], [line for line in said if line.startswith("timezone:")]


@pytest.mark.parametrize(("family", "number"), PHONES)
def test_local_time_is_right_in_every_zone_or_the_family_says_so(
    tmp_path: Path, family: str, number: int
) -> None:
    """
    ``CLOCKS`` of a family's ``reading.py`` are devices that differ in this, ``clock`` there reads the files.
    """
    device = {"id": "d1", "mac": MAC, **READERS[family].CLOCKS[number]}
    clocks = Clocks(family, tmp_path, device)
    wrong, refused = [], []
    for name in sorted(zone_names()):
        clock, said = clocks.of(name)
        mistake = first_wrong(name, clock)
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

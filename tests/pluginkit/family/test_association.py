from __future__ import annotations

from pathlib import Path

import pytest

from provd.identification.association import DeviceSupport
from provd.pluginkit.family.association import FamilyAssociator
from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.phones import PhoneTable

MODELS = """
defaults: {type: deskphone, branches: ["1", "2"]}
models: {A1: {}}
families: [{match: "A.", like: A1}]
"""


@pytest.mark.parametrize(
    ("info", "alone", "shared"),
    [
        ({"vendor": "acme", "model": "a1", "version": "2.5"}, DeviceSupport.EXACT, DeviceSupport.EXACT),
        ({"vendor": "Acme", "model": "A1", "version": "3"}, DeviceSupport.COMPLETE, DeviceSupport.COMPLETE),
        ({"vendor": "Acme", "model": "A2"}, DeviceSupport.INCOMPLETE, DeviceSupport.INCOMPLETE),
        ({"vendor": "Acme", "model": "B1"}, DeviceSupport.PROBABLE, DeviceSupport.IMPROBABLE),
        ({"vendor": "Acme"}, DeviceSupport.PROBABLE, DeviceSupport.UNKNOWN),
        ({"vendor": "Other", "model": "A1"}, DeviceSupport.IMPROBABLE, DeviceSupport.IMPROBABLE),
        ({"model": "A1"}, DeviceSupport.UNKNOWN, DeviceSupport.UNKNOWN),
    ],
)
def test_families_that_share_a_vendor_claim_phones_of_theirs_alone(
    tmp_path: Path, info: dict[str, str], alone: DeviceSupport, shared: DeviceSupport
) -> None:
    (tmp_path / "models.yml").write_text(MODELS)
    phones = PhoneTable(DataFile(str(tmp_path), "models.yml"))
    assert FamilyAssociator("Acme", phones).associate(info) == alone
    assert FamilyAssociator("Acme", phones, shares_vendor=True).associate(info) == shared

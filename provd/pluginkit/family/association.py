"""
How well a family's plugin suits a phone, and what its ``plugin-info`` promises.
"""

from __future__ import annotations

from typing import Any

from provd.identification.association import BasePgAssociator, DeviceSupport

from .phones import Facts, PhoneTable

__all__ = ["FamilyAssociator", "capabilities"]


class FamilyAssociator(BasePgAssociator):
    """
    Scores a phone by vendor, model and firmware branch: ``EXACT`` for a model seen with that branch,
    ``COMPLETE`` for a model in another or unknown version, ``INCOMPLETE`` for a relative of a known model,
    ``PROBABLE`` for any other phone of the vendor, unless others of its phones are another family's.

    :param shares_vendor: whether the vendor has phones that are none of this family.
    """

    def __init__(self, vendor: str, phones: PhoneTable, shares_vendor: bool = False) -> None:
        self._vendor = vendor.lower()
        self._phones = phones
        self._of_unknown_model = DeviceSupport.UNKNOWN if shares_vendor else DeviceSupport.PROBABLE
        self._of_other_model = DeviceSupport.IMPROBABLE if shares_vendor else DeviceSupport.PROBABLE

    def _do_associate(self, vendor: str, model: str | None, version: str | None) -> int:
        if vendor.lower() != self._vendor:
            return DeviceSupport.IMPROBABLE
        if model is None:
            return self._of_unknown_model
        listed = self._phones.listed(model)
        if listed is None:
            relative = self._phones.like(model)
            return self._of_other_model if relative is None else DeviceSupport.INCOMPLETE
        if version is not None and self._phones.seen_with(listed, version):
            return DeviceSupport.EXACT
        return DeviceSupport.COMPLETE


def capabilities(vendor: str, phones: PhoneTable) -> dict[str, dict[str, Any]]:
    """
    Return what ``plugin-info`` says of the phones of a table, whose facts have the usual names.
    """
    return {f"{vendor}, {model}, *": _capability(phones.facts(model)) for model in phones.models}


def _capability(facts: Facts) -> dict[str, Any]:
    capability = {
        "type": facts["type"],
        "protocol": "sip",
        "lines": facts["accounts"],
        "high_availability": True,
        "function_keys": facts["line_keys"] + facts["memory_keys"],
        "expansion_modules": facts["modules"],
        "switchboard": False,
    }
    if facts["type"] == "dect":
        capability["multicell"] = facts["multicell"]
    return capability

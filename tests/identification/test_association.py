from __future__ import annotations

from typing import Any

import pytest

from provd.identification.association import BasePgAssociator, DeviceSupport, ReverseAlphabeticConflictSolver


class RecordingAssociator(BasePgAssociator):
    def _do_associate(self, vendor: str, model: str | None, version: str | None) -> Any:
        return vendor, model, version


@pytest.mark.parametrize(
    ("dev_info", "asked"),
    [
        ({"vendor": "Yealink"}, ("Yealink", None, None)),
        ({"vendor": "Yealink", "model": "T46S", "version": "66.86.0.15"}, ("Yealink", "T46S", "66.86.0.15")),
    ],
)
def test_an_associator_judges_by_vendor_model_and_version(dev_info: dict[str, str], asked: Any) -> None:
    assert RecordingAssociator().associate(dev_info) == asked


def test_without_a_vendor_nothing_is_known() -> None:
    assert RecordingAssociator().associate({"model": "T46S"}) is DeviceSupport.UNKNOWN


def test_support_is_a_scale_of_integers() -> None:
    assert [int(support) for support in DeviceSupport] == [0, 100, 200, 300, 400, 500, 600]
    assert DeviceSupport.COMPLETE < DeviceSupport.COMPLETE + 1 < DeviceSupport.EXACT


def test_the_last_of_equals_wins() -> None:
    assert ReverseAlphabeticConflictSolver().solve(["b", "c", "a"]) == "c"

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.plugins.kit import load_family

reading = import_module("tests.plugins.cisco-mpp.reading")
INSTALLED = (
    "12.0.7/sip88xx.12-0-7MPP0201-66.loads",
    "12.0.7/sip8845_65.12-0-7MPP0201-66.loads",
    "12.0.7/rootfs88xx.12-0-7MPP0201-66.sbn",
    "12.0.1/sip88xx.12-0-1MPP0001-245.loads",
    "11.3.1/sip7832.11-3-1MPP-678.loads",
    "11.3.1MSR3/sip7832.11-3-1MSR3-3.loads",
    "1.0.1/PHONEOS-8875.1-0-1-0001-1.loads",
)


@pytest.mark.parametrize(
    ("wanted", "model", "told"),
    [
        (None, "8841", "12.0.7/sip88xx.12-0-7MPP0201-66.loads"),
        ("12.0.1", "8841", "12.0.1/sip88xx.12-0-1MPP0001-245.loads"),
        ("none", "8841", None),
        ("11.3.1", "8841", None),
        (None, "8865", "12.0.7/sip8845_65.12-0-7MPP0201-66.loads"),
        (None, "8899", "12.0.7/sip88xx.12-0-7MPP0201-66.loads"),
        (None, "7832", "11.3.1MSR3/sip7832.11-3-1MSR3-3.loads"),
        ("11.3.1", "7832", "11.3.1/sip7832.11-3-1MPP-678.loads"),
        (None, "8875", "1.0.1/PHONEOS-8875.1-0-1-0001-1.loads"),
        (None, "7841", None),
        (None, "9841", None),
        (None, "X-1", None),
    ],
)
def test_firmware_is_the_wanted_else_the_newest_that_fits(
    tmp_path: Path, wanted: str | None, model: str, told: str | None
) -> None:
    plugin = load_family("cisco-mpp", tmp_path)
    for path in INSTALLED:
        plugin.write(f"firmware/{path}", b"")
    parameters = {} if wanted is None else {"X_firmware": wanted}
    got = reading.settings(plugin, model, config="autoprov", **parameters)
    assert got["Upgrade_Rule"] == (f"http://192.0.2.5:8667/firmware/{told}" if told else "")

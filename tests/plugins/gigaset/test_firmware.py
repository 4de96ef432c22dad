from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugins.gigaset.reading import settings
from tests.plugins.kit import load_family

FOLDER = "http://192.0.2.5:8667/firmware"
INSTALLED = (
    "42.262/fw262.bin",
    "42.258/fw258.bin",
    "70.117/einsteiniwu117_70.bin",
    "70.117/sat7111700000000.bin",
    "70.108/einsteiniwu108_70.bin",
    "83.V2.65.0/Gigaset-Nx70-V2.65.0-build.8504c90.bin",
    "83.V2.9.0/Gigaset-Nx70-V2.9.0-build.1234567.bin",
    "2.22.4/maxwell-2.22.4.bin",
    "2.22.4/notes.txt",
)


@pytest.mark.parametrize(
    ("wanted", "model", "version", "told"),
    [
        (None, "N870 IP PRO", "2.65.0", "83.V2.65.0/Gigaset-Nx70-V2.65.0-build.8504c90.bin"),
        (None, "N610 IP PRO", "2.65.0", "83.V2.65.0/Gigaset-Nx70-V2.65.0-build.8504c90.bin"),
        ("83.V2.9.0", "N870 IP PRO", "2.9.0", "83.V2.9.0/Gigaset-Nx70-V2.9.0-build.1234567.bin"),
        ("42.262", "N870 IP PRO", None, None),
        ("none", "N870 IP PRO", None, None),
        (None, "Maxwell 3 PRO", "2.22.4", "2.22.4/maxwell-2.22.4.bin"),
        (None, "X-1", None, None),
    ],
)
def test_firmware_is_the_wanted_else_the_newest_that_fits(
    tmp_path: Path, wanted: str | None, model: str, version: str | None, told: str | None
) -> None:
    plugin = load_family("gigaset", tmp_path)
    for path in INSTALLED:
        plugin.write(f"firmware/{path}", b"")
    parameters = {} if wanted is None else {"X_firmware": wanted}
    got = settings(plugin, model, config="autoprov", **parameters)
    assert got.get("firmware") == (None if told is None else (version, f"{FOLDER}/{told}"))


def test_bases_of_the_older_kind_are_told_url_and_name(tmp_path: Path) -> None:
    plugin = load_family("gigaset", tmp_path)
    for path in INSTALLED:
        plugin.write(f"firmware/{path}", b"")
    got = settings(plugin, "N510 IP PRO", config="autoprov")
    assert got["BS_IP_Data1.aucS_USER_FIRMWARE_URL[0]"] == f"{FOLDER}/42.262/fw262.bin"
    assert got["S_SPECIAL_DATA_SRV"] == f"{FOLDER}/42.262/fw262.bin?mac=001565AA0B1C&fw262.bin"
    got = settings(plugin, "N720 DM PRO", config="autoprov")
    assert got["S_SPECIAL_DATA_SRV_IWU"].startswith(f"{FOLDER}/70.117/einsteiniwu117_70.bin?mac=")
    assert got["S_SPECIAL_DATA_SRV_SAT"].startswith(f"{FOLDER}/70.117/sat7111700000000.bin?mac=")
    got = settings(plugin, "N720 DM PRO", config="autoprov", X_firmware="70.108")
    assert got["S_SPECIAL_DATA_SRV_IWU"].startswith(f"{FOLDER}/70.108/einsteiniwu108_70.bin?mac=")
    assert "S_SPECIAL_DATA_SRV_SAT" not in got
    assert not any("DATA_SRV" in name for name in settings(plugin, "N510 IP PRO", X_firmware="none"))

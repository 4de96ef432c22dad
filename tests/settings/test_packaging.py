"""
The Debian package's files name what the settings name by default.
"""

from __future__ import annotations

import re
from pathlib import Path

from provd.settings.model import Settings

DEBIAN = Path(__file__).parents[2] / "debian"
GENERAL = Settings().general


def values(name: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", (DEBIAN / name).read_text(), re.MULTILINE)


def test_systemd_opens_the_port_of_tftp() -> None:
    listens = f"{GENERAL.tftp_listen_interface}:{GENERAL.tftp_port}"
    assert values("accent-provd.socket", "ListenDatagram") == [listens]


def test_the_unit_lets_the_daemon_write_where_it_does() -> None:
    unit = "accent-provd.service"
    assert [f"/var/lib/{name}" for name in values(unit, "StateDirectory")] == [str(GENERAL.base_storage_dir)]
    assert [f"/var/cache/{name}" for name in values(unit, "CacheDirectory")] == [str(GENERAL.cache_dir)]
    logs = [f"-{GENERAL.log_file}", f"-{GENERAL.security_log_file}"]
    assert values(unit, "ReadWritePaths") == [" ".join(logs)]


def test_logs_are_made_rotated_and_purged() -> None:
    for name in ("accent-provd.tmpfiles", "accent-provd.logrotate", "accent-provd.postrm"):
        text = (DEBIAN / name).read_text()
        assert str(GENERAL.log_file) in text
        assert str(GENERAL.security_log_file) in text


def test_plugins_are_installed_where_they_are_looked_for() -> None:
    folder = str(GENERAL.local_plugins).lstrip("/")
    assert f"$(ROOT)/{folder}\n" in (DEBIAN / "rules").read_text()

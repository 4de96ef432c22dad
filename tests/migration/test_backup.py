"""
``provd-cli backup``, ``restore`` and ``export``, beside a daemon that works.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provd.migration.backup import unpack
from provd.migration.documents import Stored, read_database, read_folder
from tests.cli.rest import Rest
from tests.cli.running import Cli
from tests.daemon.running import Daemon
from tests.migration.old import OldServer


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "home")


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.kill()


def test_backup_is_taken_and_put_back_beside_a_daemon(cli: Cli, daemon: Daemon, tmp_path: Path) -> None:
    rest = Rest(daemon)
    for number in range(30):
        rest.add_device(f"a{number}", mac=f"00:15:65:00:00:{number:02x}")
    firmware = daemon.data / "plugins" / "yealink" / "var" / "tftpboot" / "firmware"
    firmware.mkdir(parents=True, exist_ok=True)
    (firmware / "x.rom").write_bytes(bytes(2 << 20))
    own = daemon.data / "plugins" / "yealink" / "var" / "templates" / "T46S.tpl"
    own.write_text("mine")
    file = tmp_path / "backup.tar.gz"
    cli.ok("backup", file, "--data", daemon.data)
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as archive:
        names = archive.getnames()
    assert "plugins/yealink/var/templates/T46S.tpl" in names
    assert "plugins/yealink/var/tftpboot/firmware/x.rom" not in names
    rest.add_device("later", mac="00:15:65:00:01:00")
    rest.call("DELETE", "/dev_mgr/devices/a3")
    own.write_text("changed")
    said = cli.ok("restore", file, "--data", daemon.data)
    assert "systemctl restart accent-provd" in said
    assert rest.device("later")["mac"] == "00:15:65:00:01:00"  # the daemon goes on meanwhile
    daemon.end()
    daemon.start()
    rest = Rest(daemon)
    devices = {device["id"] for device in rest.call("GET", "/dev_mgr/devices")["devices"]}
    assert devices == {f"a{number}" for number in range(30)}
    assert own.read_text() == "mine"
    assert not (daemon.data / ".incoming").exists()


def test_backup_while_changes_go_on_is_of_one_moment(cli: Cli, daemon: Daemon, tmp_path: Path) -> None:
    rest = Rest(daemon)
    for number in range(20):
        rest.add_device(f"a{number}", mac=f"00:15:65:00:00:{number:02x}")
        if number % 5 == 0:
            cli.ok("backup", tmp_path / f"{number}.tar.gz", "--data", daemon.data)
    other = tmp_path / "other"
    for number in range(0, 20, 5):
        other.mkdir()
        incoming, _ = unpack(tmp_path / f"{number}.tar.gz", other)
        ids = {stored.id for stored in read_database(incoming.database) if stored.kind == "device"}
        assert ids == {f"a{each}" for each in range(number + 1)}
        incoming.discard()
        other.rmdir()


def _by_id(documents: list[Stored]) -> dict[tuple[str, str], Any]:
    return {(stored.kind, stored.id): stored.document for stored in documents}


def test_export_comes_back_as_it_was(cli: Cli, daemon: Daemon, tmp_path: Path) -> None:
    rest = Rest(daemon)
    rest.add_device("a1", mac="00:15:65:00:00:01", options={"x": ["é", None, 1.5]})
    daemon.end()
    exported, data = tmp_path / "exported", tmp_path / "again"
    cli.ok("export", exported, "--data", daemon.data)
    documents, problems = read_folder(exported / "jsondb")
    assert problems == []
    data.mkdir()
    cli.ok("import", exported, "--data", data, "--no-settings")
    own = {
        (stored.kind, stored.id): stored.document for stored in read_database(daemon.data / "documents.db")
    }
    again = {(stored.kind, stored.id): stored.document for stored in read_database(data / "documents.db")}
    assert again == own == {(stored.kind, stored.id): stored.document for stored in documents}
    assert (data / "plugins" / "yealink" / "entry.py").exists()
    refused = cli("export", exported, "--data", daemon.data)
    assert refused.code == 6


def archive(*members: tuple[tarfile.TarInfo, bytes], manifest: Any = None) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as packed:
        told = json.dumps({"format": 1} if manifest is None else manifest).encode()
        for member, content in ((tarfile.TarInfo("accent-provd-backup.json"), told), *members):
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    return raw.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, b""


HOSTILE = {
    "outside": archive(member("../x")),
    "absolute": archive(member("/etc/cron.d/x")),
    "other": archive(member("admin-token")),
    "hidden outside": archive(member("plugins", tarfile.DIRTYPE), member("plugins/../../x")),
    "link outside": archive(
        member("plugins", tarfile.DIRTYPE),
        member("plugins/a", tarfile.DIRTYPE),
        member("plugins/a/l", tarfile.SYMTYPE, "../../../x"),
    ),
    "through a link": archive(
        member("plugins", tarfile.DIRTYPE),
        member("plugins/a", tarfile.DIRTYPE),
        member("plugins/a/l", tarfile.SYMTYPE, "."),
        member("plugins/a/l/x"),
    ),
    "hard link": archive(member("app.json", tarfile.LNKTYPE, "/etc/passwd")),
    "device": archive(member("app.json", tarfile.CHRTYPE)),
    "twice": archive(member("app.json"), member("app.json")),
    "no documents": archive(member("app.json")),
    "empty documents": archive(member("documents.db")),
    "newer": archive(manifest={"format": 2}),
    "no manifest": archive(manifest=[]),
    "no archive": b"x" * 1000,
    "torn": archive(member("documents.db"))[:60],
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_backup_changes_nothing(name: str, cli: Cli, tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "b.tar.gz"
    OldServer(tmp_path / "old")
    data.mkdir()
    cli.ok("import", tmp_path / "old", "--data", data, "--no-settings")
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    file.write_bytes(HOSTILE[name])
    result = cli("restore", file, "--data", data)
    assert result.code == 1, result
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar.gz", "data", "home", "old"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400), st.booleans())
def test_any_bytes_are_a_backup_or_refused(tmp_path: Path, content: bytes, at: int, packed: bool) -> None:
    good = archive(member("plugins", tarfile.DIRTYPE), member("documents.db"))
    damaged = gzip.compress(content) if packed else good[:at] + content + good[at + len(content) :]
    (tmp_path / "b").write_bytes(damaged)
    with pytest.raises((ValueError, OSError)):
        unpack(tmp_path / "b", tmp_path)
    assert not (tmp_path / ".incoming.new").exists()

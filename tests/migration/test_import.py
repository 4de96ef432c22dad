"""
``provd-cli import``, and the daemon afterwards.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from provd.migration.documents import read_database
from tests.cli.running import COMMAND, Cli
from tests.daemon.running import Daemon
from tests.migration.old import SECRET, OldServer
from tests.support import need_program


@pytest.fixture
def old(tmp_path: Path) -> OldServer:
    return OldServer(tmp_path / "old")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o751)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "conf.d" / "50-imported.yml"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "home")


def documents(data: Path) -> dict[tuple[str, str], Any]:
    return {(stored.kind, stored.id): stored.document for stored in read_database(data / "documents.db")}


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_phones_of_the_old_server_are_served_as_before(
    cli: Cli, old: OldServer, tmp_path: Path, settings: Path
) -> None:
    daemon = Daemon(tmp_path)
    daemon.start()
    daemon.end()
    said = cli.ok("import", old.folder, "--data", daemon.data, "--settings", settings)
    assert "new: 3 devices, 3 configs" in said
    assert SECRET not in said
    assert "doubtful" not in said
    try:
        daemon.start()
        agent = "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:00:01"
        url = f"http://127.0.0.1:{daemon.http}/001565aa0001.cfg"
        # With the settings that were written, as a proxy in front passes it on.
        curl = [need_program("curl"), "-sf", "-A", agent, "-H", "X-Forwarded-For: 192.0.2.50", url]
        body = subprocess.run(curl, check=True, capture_output=True).stdout
    finally:
        daemon.kill()
    assert b"account.1.user_name = user1" in body
    assert SECRET.encode() in body
    assert json.loads((daemon.data / "app.json").read_text())["NAT"] == "1"
    assert {oct((daemon.data / name).stat().st_mode & 0o777) for name in ("documents.db", "app.json")} == {
        "0o600"
    }
    written = settings.read_text()
    assert "http_proxied_listen_port: 18667" in written
    assert "accent_auth" in written


def test_dry_run_changes_nothing(cli: Cli, old: OldServer, data: Path, settings: Path) -> None:
    before = everything(data)
    said = cli.ok("import", old.folder, "--data", data, "--settings", settings, "--dry-run")
    assert "new: 3 devices, 6 configs" in said
    assert everything(data) == before
    assert not settings.exists()


def test_second_time_there_is_nothing_to_do(cli: Cli, old: OldServer, data: Path, settings: Path) -> None:
    own = ("import", old.folder, "--data", data, "--settings", settings)
    cli.ok(*own)
    before = everything(data)
    said = cli.ok(*own)
    assert "the same: 3 devices, 6 configs" in said
    assert "there was nothing to do" in said
    assert everything(data) == before


def test_what_was_changed_since_stays_unless_it_is_to_be_overwritten(
    cli: Cli, old: OldServer, data: Path
) -> None:
    own = ("import", old.folder, "--data", data, "--no-settings")
    cli.ok(*own)
    old.put("devices", {"id": "d00001", "mac": "00:15:65:aa:00:01", "plugin": "other"})
    old.phone(7)
    said = cli.ok(*own)
    assert "kept as here: device d00001" in said
    assert "new: 1 devices, 1 configs" in said
    assert documents(data)["device", "d00001"]["plugin"] == "yealink"
    cli.ok(*own, "--overwrite")
    assert documents(data)["device", "d00001"]["plugin"] == "other"


def test_torn_files_are_named_and_the_rest_comes(cli: Cli, old: OldServer, data: Path) -> None:
    (old.folder / "jsondb" / "devices" / "torn").write_text('{"id": "torn", "mac"')
    (old.folder / "jsondb" / "configs" / "empty").write_bytes(b"")
    (old.folder / "jsondb" / "configs" / "orphan").write_text('{"id": "orphan", "parent_ids": ["gone"]}')
    strict = cli("import", old.folder, "--data", data, "--no-settings", "--strict")
    assert strict.code == 1
    assert not (data / "documents.db").exists()
    said = cli.ok("import", old.folder, "--data", data, "--no-settings")
    assert "torn isn't valid JSON" in said
    assert "empty is empty" in said
    assert "config orphan has a parent that isn't there: 'gone'" in said
    assert len(documents(data)) == 10


def test_settings_of_the_old_file_are_taken_over_but_for_paths(
    cli: Cli, old: OldServer, data: Path, settings: Path, tmp_path: Path
) -> None:
    former = tmp_path / "config.yml"
    former.write_text(
        "general: {base_storage_dir: /var/lib/old, http_proxied_listen_port: 9000}\nbus: {host: mq}\n"
    )
    said = cli.ok("import", old.folder, "--data", data, "--config", former, "--settings", settings)
    assert "general.base_storage_dir" in said
    written = settings.read_text()
    assert "http_proxied_listen_port: 9000" in written
    assert "host: mq" in written
    assert "/var/lib/old" not in written
    settings.write_text("mine: true\n")
    cli.ok("import", old.folder, "--data", data, "--config", former, "--settings", settings)
    assert settings.read_text() == "mine: true\n"


def test_daemon_that_runs_is_not_imported_under(cli: Cli, old: OldServer, tmp_path: Path) -> None:
    daemon = Daemon(tmp_path)
    try:
        daemon.start()
        result = cli("import", old.folder, "--data", daemon.data, "--no-settings")
    finally:
        daemon.kill()
    assert result.code == 6
    assert "systemctl stop accent-provd.socket" in result.err


def test_what_a_first_start_wrote_gives_way(cli: Cli, old: OldServer, tmp_path: Path) -> None:
    daemon = Daemon(tmp_path)
    try:
        daemon.start()
        daemon.end()
    finally:
        daemon.kill()
    said = cli.ok("import", old.folder, "--data", daemon.data, "--no-settings")
    assert "replaced: 0 devices, 3 configs" in said
    assert documents(daemon.data)["config", "autoprov"]["raw_config"]["sip_lines"]["1"]["password"] == SECRET


@pytest.mark.parametrize("content", ["nothing", "file"])
def test_other_folders_are_refused(content: str, cli: Cli, data: Path, tmp_path: Path) -> None:
    source = tmp_path / "other"
    source.mkdir()
    if content == "file":
        (source / "jsondb").write_text("x")
    result = cli("import", source, "--data", data, "--no-settings")
    assert result.code == 1
    assert "has no jsondb/devices" in result.err


def test_kill_in_the_middle_leaves_the_old_or_the_new_state(
    old: OldServer, data: Path, tmp_path: Path
) -> None:
    for number in range(3, 400):
        old.phone(number)
    environment = {**os.environ, "HOME": str(tmp_path)}
    command = [sys.executable, COMMAND, "import", str(old.folder), "--data", str(data), "--no-settings"]
    sizes = set()
    started = time.monotonic()
    subprocess.run([*command, "--dry-run"], env=environment, check=True, capture_output=True)
    whole = time.monotonic() - started
    for step in range(8):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            process.wait(whole * (0.6 + 0.1 * step))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        if not (data / ".incoming").exists():  # else it counts, and the next one finishes it
            sizes.add(len(documents(data)) if (data / "documents.db").exists() else 0)
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert sizes <= {0, 403 + 400}
    assert len(documents(data)) == 403 + 400
    assert not (data / ".incoming").exists()

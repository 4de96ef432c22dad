"""
The daemon as its users start, signal and stop it: a process of its own.
"""

from __future__ import annotations

import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from twisted.internet.task import Clock

import provd
from provd.daemon.process import Process
from provd.logs import MainLog
from provd.settings.check import settings_from
from provd.settings.load import Loaded
from provd.tftp.limits import descriptor_room
from tests.daemon.running import AGENT, BIN, OWN, Daemon

TWISTD = [
    str(BIN / "twistd"),
    "--nodaemon",
    "--no_save",
    "--pidfile=",
    "accent-provd",
    "--stderr",
    "--verbose",
]


@pytest.mark.parametrize(
    ("command", "ends_with"),
    # twistd ends by the very signal that told it to stop.
    [([str(BIN / "accent-provd")], 0), (TWISTD, -signal.SIGTERM)],
    ids=["accent-provd", "twistd"],
)
def test_both_commands_start_it_and_a_signal_stops_it(
    daemon: Daemon, command: list[str], ends_with: int
) -> None:
    daemon.start(command)
    said = "".join(daemon.said)
    for text in (
        f"port {daemon.http}",
        f"UDP port {daemon.tftp}",
        f"port {daemon.rest}",
        "yealink 1",
        "admin-token",
    ):
        assert text in said
    status, body = daemon.get(OWN)
    assert (status, body[:17]) == (200, b"#!version:1.0.0.1")
    assert daemon.end() == ends_with
    # twistd also lists the plugins of other packages, and logs those that fail to load.
    assert not [line for line in daemon.said if "/provd/" in line]
    assert not (daemon.data / "running").exists()
    assert {path.name for path in daemon.data.parent.iterdir()} == {"conf.d", "data"}


def test_passwords_are_in_no_output_and_no_open_file(daemon: Daemon) -> None:
    daemon.start([str(BIN / "accent-provd"), "--verbose"])
    body = daemon.get(OWN)[1].decode()
    secrets = [line.partition("=")[2].strip() for line in body.splitlines() if ".password =" in line]
    secrets += [line.partition(":")[2] for line in body.splitlines() if "user_password = admin" in line]
    secrets.append((daemon.data / "admin-token").read_text().strip())
    daemon.end()
    said = "".join(daemon.said) + (daemon.data / "security.log").read_text()
    secrets = [secret for secret in secrets if secret and secret != "%NULL%"]
    assert len(secrets) >= 3
    assert not [secret for secret in secrets if secret in said]
    for path in daemon.data.rglob("*"):
        if path.is_file() and "templates" not in path.parts:
            readable = path.stat().st_mode & 0o004
            content = path.read_bytes()
            assert not readable or not [secret for secret in secrets if secret.encode() in content], path


def test_all_mistakes_in_the_settings_are_told_at_once(daemon: Daemon) -> None:
    daemon.settings(general={"http_auth_strategy": "magic", "verbose": "loud"}, database={"type": "oracle"})
    (daemon.conf / "20-broken.yml").write_text("general: {")
    with pytest.raises(AssertionError):
        daemon.start()
    said = "".join(daemon.said)
    assert f"{daemon.conf}/20-broken.yml is skipped" in said
    for key in ("general.http_auth_strategy:", "general.verbose:", "database.type:"):
        assert key in said
    assert "Traceback" not in said
    assert daemon.process is not None
    assert daemon.process.wait(10) == 1


@pytest.mark.parametrize("which", ["http", "tftp", "rest"])
def test_a_port_in_use_is_named_and_ends_it(daemon: Daemon, which: str) -> None:
    kind = socket.SOCK_DGRAM if which == "tftp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1" if which == "rest" else "0.0.0.0", getattr(daemon, which)))
        if which != "tftp":
            taken.listen()
        with pytest.raises(AssertionError):
            daemon.start()
    assert daemon.process is not None
    assert daemon.process.wait(10) == 1
    said = "".join(daemon.said)
    assert str(getattr(daemon, which)) in said
    assert "Address already in use" in said
    assert "Traceback" not in said


def test_twistd_ends_with_status_1_when_the_daemon_cannot_start(daemon: Daemon) -> None:
    pidfile = daemon.conf.parent / "pid"
    command = [f"--pidfile={pidfile}" if word == "--pidfile=" else word for word in TWISTD]
    with socket.create_server(("0.0.0.0", daemon.http)), pytest.raises(AssertionError):
        daemon.start(command)
    assert daemon.process is not None
    assert daemon.process.wait(10) == 1
    assert not pidfile.exists()
    said = "".join(daemon.said)
    assert "Address already in use" in said
    assert ": stopped" in said


def test_a_data_folder_that_cannot_be_made_is_named_and_ends_it(daemon: Daemon) -> None:
    daemon.data = Path("/proc/provd")
    with pytest.raises(AssertionError):
        daemon.start()
    assert daemon.process is not None
    assert daemon.process.wait(10) == 1
    said = "".join(daemon.said)
    assert "general.base_storage_dir: /proc/provd can't be made: No such file or directory" in said
    assert "Traceback" not in said


def test_tftp_has_its_share_of_the_descriptors_that_the_daemon_takes(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = before[1]
    settings = settings_from({"general": {"base_storage_dir": str(tmp_path)}})
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, most))
    try:
        process = Process(Loaded(settings, []), lambda: Loaded(settings, []), MainLog(), None, Clock())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    raised = 65536 if most == resource.RLIM_INFINITY else min(most, 65536)
    assert process.daemon._tftp._server.limits.descriptors == descriptor_room(raised)


def test_settings_are_read_again_on_sighup(daemon: Daemon) -> None:
    daemon.settings(general={"verbose": False})
    daemon.start()
    daemon.get(OWN)
    assert daemon.process is not None
    daemon.settings(
        general={"verbose": True, "http_proxied_trusted_proxies_count": 1}, database={"type": "json"}
    )
    daemon.process.send_signal(signal.SIGHUP)
    taken = daemon.wait_for("reloaded:")
    assert "general.verbose" in taken
    assert "general.http_proxied_trusted_proxies_count" in taken
    assert "database.type" in daemon.wait_for("restart")
    assert daemon.get(OWN)[0] == 400  # no X-Forwarded-For
    daemon.settings(general={"verbose": "loud"})
    daemon.process.send_signal(signal.SIGHUP)
    assert "general.verbose" in daemon.wait_for("not reloaded")
    assert daemon.get(OWN)[0] == 400
    assert daemon.end() == 0


def test_a_file_that_cannot_be_read_on_sighup_changes_nothing(daemon: Daemon) -> None:
    daemon.settings(general={"http_proxied_trusted_proxies_count": 1})
    daemon.start()
    assert daemon.get(OWN)[0] == 400  # no X-Forwarded-For
    assert daemon.process is not None
    broken = daemon.conf / "10-test.yml"
    for text in ("general: {verbose: true", "general: !exec {command: 'false'}"):
        broken.write_text(text)
        daemon.process.send_signal(signal.SIGHUP)
        assert f"{broken} is skipped" in daemon.wait_for("is skipped")
        assert str(broken) in daemon.wait_for("settings not reloaded")
        assert daemon.get(OWN)[0] == 400
    daemon.settings(general={})
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for("reloaded: general.http_proxied_trusted_proxies_count")
    assert daemon.get(OWN)[0] == 200
    assert daemon.end() == 0


def test_a_download_under_way_ends_before_it_stops(daemon: Daemon) -> None:
    daemon.start()
    size = 8 << 20
    served = daemon.data / "plugins" / "yealink" / "var" / "tftpboot" / "firmware.rom"
    served.write_bytes(b"x" * size)
    with socket.create_connection(("127.0.0.1", daemon.http)) as phone:
        phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        phone.sendall(f"GET /firmware.rom HTTP/1.1\r\nHost: x\r\nUser-Agent: {AGENT}\r\n\r\n".encode())
        received = len(phone.recv(65536))
        assert daemon.process is not None
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait_for("Received SIGTERM")
        while data := phone.recv(1 << 20):
            received += len(data)
    assert received > size
    assert daemon.process.wait(10) == 0


@pytest.mark.parametrize("kind", ["sqlite", "json"])
def test_after_kill_9_the_phone_gets_what_it_had(daemon: Daemon, kind: str) -> None:
    daemon.settings(database={"type": kind})
    daemon.start()
    first = daemon.get(OWN)
    if kind == "json":
        assert {path.name for path in (daemon.data / "jsondb" / "configs").iterdir()} >= {"base", "autoprov"}
    daemon.kill()
    served = daemon.data / "plugins" / "yealink" / "var" / "tftpboot" / OWN
    served.write_bytes(b"torn")
    daemon.start()
    assert daemon.get(OWN) == first
    assert daemon.end() == 0


def test_ready_means_that_phones_are_served_within_seconds(daemon: Daemon) -> None:
    started = time.monotonic()
    daemon.start()
    assert time.monotonic() - started < 20
    assert daemon.get(OWN)[0] == 200


def test_without_cyclone_one_line_says_what_to_install() -> None:
    code = "import sys; sys.modules['cyclone'] = None; import provd.tap"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "cyclone is missing: pip install --no-deps --require-hashes -r requirements.txt"
    ]


def test_it_tells_its_own_version() -> None:
    told = subprocess.run([BIN / "accent-provd", "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == f"accent-provd {provd.__version__}\n"

"""
The daemon as its users start, signal and stop it: a process of its own.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.daemon.site import free_port, repository

BIN = Path(sys.executable).parent
AGENT = "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:bb:01"
OWN = "001565aabb01.cfg"


class Daemon:
    """
    A daemon in its own process, over a data folder, with settings in ``conf.d``.
    """

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.conf = folder / "conf.d"
        self.conf.mkdir()
        self.http, self.rest, self.tftp = free_port(), free_port(), free_port(socket.SOCK_DGRAM)
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []

    def settings(self, **sections: object) -> None:
        (self.conf / "10-test.yml").write_text(yaml.safe_dump(sections))

    def start(self, command: list[str] | None = None, until: str = ": ready") -> None:
        environment = {
            **os.environ,
            "PROVD_DATA_DIR": str(self.data),
            "PROVD_CONF_DIR": str(self.conf),
            "PROVD_HTTP_PORT": str(self.http),
            "PROVD_TFTP_PORT": str(self.tftp),
            "PROVD_REST_PORT": str(self.rest),
        }
        self.process = subprocess.Popen(
            (command or [str(BIN / "accent-provd")])
            + ["--config-file=/dev/null", f"--local-plugins={repository()}"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.data.parent,
        )
        self.wait_for(until)

    def wait_for(self, text: str) -> str:
        """
        Return the next line of its output that contains the text.
        """
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if text in line:
                return line
        raise AssertionError(f"no {text!r} in:\n" + "".join(self.said))

    def get(self, name: str, agent: str = AGENT) -> tuple[int, bytes]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}/{name}", headers={"User-Agent": agent}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def end(self, how: int = signal.SIGTERM) -> int:
        """
        Return the status with which it ended.
        """
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.send_signal(how)
        self.said += self.process.stdout.readlines()
        return self.process.wait(20)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path)
    yield daemon
    if daemon.process is not None and daemon.process.poll() is None:
        daemon.process.kill()
        daemon.process.wait()
    if daemon.process is not None and daemon.process.stdout is not None:
        daemon.process.stdout.close()


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
    assert "Traceback" not in "".join(daemon.said)
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
    with pytest.raises(AssertionError):
        daemon.start()
    said = "".join(daemon.said)
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


def test_after_kill_9_every_acknowledged_document_and_whole_files_are_there(daemon: Daemon) -> None:
    daemon.start()
    first = daemon.get(OWN)
    assert daemon.process is not None
    assert daemon.process.stdout is not None
    daemon.process.kill()
    daemon.process.wait()
    daemon.process.stdout.close()
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

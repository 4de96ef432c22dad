"""
The daemon under a service manager: what it tells, what it is handed.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from provd.daemon.systemd import ServiceManager, inherited_datagram_sockets
from provd.tftp.sockets import bind_listening
from tests.daemon.manager import Manager
from tests.daemon.running import BIN, OWN, Daemon
from tests.support import free_port

PROVD = [str(BIN / "accent-provd")]


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    manager = Manager(tmp_path, watchdog=0.5)
    yield manager
    manager.close()


def test_it_tells_that_phones_are_served_that_it_lives_and_that_it_stops(
    daemon: Daemon, manager: Manager
) -> None:
    daemon.start(manager.command(PROVD))
    manager.wait_for("READY")
    assert daemon.get(OWN)[0] == 200
    for _ in range(2):
        assert manager.wait_for("WATCHDOG") == {"WATCHDOG": "1"}
    assert daemon.process is not None
    daemon.process.send_signal(signal.SIGTERM)
    assert manager.wait_for("STOPPING")["STOPPING"] == "1"
    assert daemon.process.wait(10) == 0


def test_a_reload_is_told_from_its_beginning_to_its_end(daemon: Daemon, manager: Manager) -> None:
    daemon.start(manager.command(PROVD))
    manager.wait_for("READY")
    assert daemon.process is not None
    for text in ("general: {verbose: true}", "general: {verbose: loud}", "general: {"):
        (daemon.conf / "10-test.yml").write_text(text)
        daemon.process.send_signal(signal.SIGHUP)
        told = manager.wait_for("RELOADING")
        assert told["RELOADING"] == "1"
        assert int(told["MONOTONIC_USEC"]) > 0
        assert manager.wait_for("READY")["READY"] == "1"
    assert daemon.end() == 0


def test_a_reload_before_it_is_ready_does_not_make_it_so(manager: Manager) -> None:
    told = ServiceManager(manager.environment(), Clock())
    told.reloading()
    told.reloaded()
    told.ready()
    assert manager.heard()["READY"] == "1"
    told.stopping()
    told.reloaded()
    told.ready()
    assert "STOPPING" in manager.heard()
    assert "READY" in manager.heard()


def test_signs_of_life_come_at_half_the_interval_and_only_while_the_reactor_turns(tmp_path: Path) -> None:
    clock = Clock()
    with closing(Manager(tmp_path, watchdog=20)) as manager:
        told = ServiceManager(manager.environment(), clock)
        told.starting()
        assert (told.interval, manager.heard()) == (10, {"WATCHDOG": "1"})
        clock.pump([10, 10])
        assert [manager.heard() for _ in range(2)] == [{"WATCHDOG": "1"}] * 2
        told.ready()
        assert "READY" in manager.heard()
        told.stopped()
    assert not clock.getDelayedCalls()


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"NOTIFY_SOCKET": "/nowhere/at/all", "WATCHDOG_USEC": "1000000"},
        {"NOTIFY_SOCKET": "@nobody-listens-here", "WATCHDOG_USEC": "soon"},
        {"NOTIFY_SOCKET": "@nobody-listens-here", "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"},
    ],
)
def test_without_a_manager_nothing_happens(environ: dict[str, str]) -> None:
    told = ServiceManager(environ, Clock())
    told.starting()
    told.ready()
    told.reloading()
    told.reloaded()
    told.stopping()
    told.stopped()
    assert environ == {}


def test_an_abstract_address_is_told_too() -> None:
    name = f"provd-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name)
        ServiceManager({"NOTIFY_SOCKET": "@" + name}, Clock()).ready()
        assert listening.recv(100).startswith(b"READY=1\n")


def test_descriptors_for_another_process_are_left_alone() -> None:
    environ = {"LISTEN_FDS": "1", "LISTEN_PID": "1", "LISTEN_FDNAMES": "x"}
    assert inherited_datagram_sockets(environ) == []


def request(port: int, name: str) -> socket.socket:
    """
    Ask for a file over TFTP.
    """
    phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    phone.settimeout(30)
    phone.sendto(b"\0\1" + name.encode() + b"\0octet\0", ("127.0.0.1", port))
    return phone


def block_of(phone: socket.socket) -> int:
    """
    Acknowledge a block; return its bytes.
    """
    data, peer = phone.recvfrom(1024)
    assert data[:2] == b"\0\3", data
    phone.sendto(b"\0\4" + data[2:4], peer)
    return len(data) - 4


def rest_of(phone: socket.socket) -> int:
    """
    Acknowledge a file to its end; return its bytes.
    """
    size = 0
    while (block := block_of(phone)) == 512:
        size += block
    return size + block


def holds(daemon: Daemon, passed: socket.socket) -> bool:
    """
    Tell whether the daemon has a socket open.
    """
    assert daemon.process is not None
    folder = f"/proc/{daemon.process.pid}/fd"
    inode = f"socket:[{os.fstat(passed.fileno()).st_ino}]"
    with suppress(FileNotFoundError):  # closed meanwhile
        return inode in [os.readlink(f"{folder}/{name}") for name in os.listdir(folder)]
    return True


def test_a_restart_loses_no_transfer_and_no_request(daemon: Daemon, manager: Manager) -> None:
    with closing(bind_listening("0.0.0.0", daemon.tftp)) as passed:
        command = manager.command(PROVD, passed)
        with closing(request(daemon.tftp, OWN)) as early:
            daemon.start(command, descriptors=(passed.fileno(),))
            size = rest_of(early)
        assert size > 1024
        with closing(request(daemon.tftp, OWN)) as phone:
            assert phone.recv(1024, socket.MSG_PEEK)
            assert daemon.process is not None
            daemon.process.send_signal(signal.SIGTERM)
            manager.wait_for("STOPPING")
            read = block_of(phone)
            while holds(daemon, passed):
                read += block_of(phone)
            with closing(request(daemon.tftp, OWN)) as late:
                assert read + rest_of(phone) == size
                assert daemon.process.wait(10) == 0
                daemon.start(command, descriptors=(passed.fileno(),))
                assert rest_of(late) == size
    assert daemon.end() == 0


def test_a_socket_that_the_settings_do_not_name_is_left_and_told_of(daemon: Daemon, manager: Manager) -> None:
    other = free_port(socket.SOCK_DGRAM)
    with closing(bind_listening("0.0.0.0", other)) as passed:
        daemon.start(manager.command(PROVD, passed), descriptors=(passed.fileno(),))
        assert f"accent-provd.socket listens on 0.0.0.0 port {other}" in "".join(daemon.said)
        with closing(request(daemon.tftp, OWN)) as phone:
            assert rest_of(phone) > 1024
        daemon.end()
        with closing(bind_listening("0.0.0.0", daemon.tftp)), pytest.raises(AssertionError):
            daemon.start(manager.command(PROVD, passed), descriptors=(passed.fileno(),))
    said = "".join(daemon.said)
    assert "Address already in use; accent-provd.socket listens on" in said
    assert "systemctl edit accent-provd.socket" in said

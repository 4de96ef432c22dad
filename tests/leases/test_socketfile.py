"""
The socket's file: who may write, what it takes the place of, what is left of it.
"""

from __future__ import annotations

import contextlib
import grp
import os
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provd.leases.socketfile import SocketFile, SocketUnusable
from tests.support import missing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "dhcp.sock"


@pytest.fixture
def made(path: Path) -> Iterator[Callable[..., socket.socket]]:
    opened: list[socket.socket] = []

    def make(group: str | None = None) -> socket.socket:
        opened.append(SocketFile(path, group).open())
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def send(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", str(path))


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_its_owner_and_group_may_write_whatever_the_umask(
    path: Path, made: Callable[..., socket.socket], umask: int
) -> None:
    before = os.umask(umask)
    try:
        made()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o755
    assert path.stat().st_gid == os.getegid()


def test_nobody_else_may_write_before_the_group_is_set(
    path: Path, made: Callable[..., socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    real = os.chmod

    def watched(target: Path, mode: int) -> None:
        if target == path:
            modes.append(stat.S_IMODE(path.stat().st_mode))
        real(target, mode)

    monkeypatch.setattr(os, "chmod", watched)
    before = os.umask(0)
    try:
        made()
    finally:
        os.umask(before)
    assert modes == [0o600]


def test_a_group_of_its_own(path: Path, made: Callable[..., socket.socket]) -> None:
    if os.geteuid():
        missing("root, for a group that isn't the own one")
    other = next(group for group in grp.getgrall() if group.gr_gid != os.getegid())
    made(other.gr_name)
    assert path.stat().st_gid == other.gr_gid


def test_nobody_but_the_owner_and_the_group_may_tell() -> None:
    if os.geteuid():
        missing("root, to be somebody else")
    nobody, other = 65534, next(group.gr_gid for group in grp.getgrall() if group.gr_gid not in (0, 65534))
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = Path(folder, "dhcp.sock")
        with SocketFile(path, grp.getgrgid(other).gr_name).open():
            for group, may in ((other, True), (nobody, False)):
                before = os.getgroups()
                os.setgroups([group])
                os.seteuid(nobody)
                try:
                    with contextlib.nullcontext() if may else pytest.raises(PermissionError):
                        send(path)
                finally:
                    os.seteuid(0)
                    os.setgroups(before)


def test_an_unknown_group_leaves_nothing(path: Path, made: Callable[..., socket.socket]) -> None:
    with pytest.raises(SocketUnusable, match="no group 'nobody-knows'"):
        made("nobody-knows")
    assert not path.exists()


def test_what_a_dead_process_left_is_replaced(path: Path, made: Callable[..., socket.socket]) -> None:
    made().close()
    assert path.exists()
    listening = made()
    send(path)
    assert listening.recv(9) == b"x"


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_what_another_process_listens_at_is_not(
    path: Path, made: Callable[..., socket.socket], kind: socket.SocketKind
) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX, kind) as other:
        other.bind(str(path))
        if kind is socket.SOCK_STREAM:
            other.listen()
        before = path.stat().st_ino
        with pytest.raises(SocketUnusable, match=r"dhcp\.sock"):
            made()
        assert path.stat().st_ino == before


@pytest.mark.parametrize("what", ["file", "link", "folder"])
def test_what_is_no_socket_stays(path: Path, made: Callable[..., socket.socket], what: str) -> None:
    path.parent.mkdir()
    if what == "file":
        path.write_text("kept")
    elif what == "folder":
        path.mkdir()
    else:
        path.symlink_to("/nonexistent")
    with pytest.raises(SocketUnusable, match="isn't a socket"):
        made()
    assert path.is_symlink() or path.exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(SocketUnusable, match="No such file"):
        SocketFile(tmp_path / "a" / "b" / "dhcp.sock").open()


def test_only_its_own_file_is_removed(path: Path) -> None:
    first, second = SocketFile(path), SocketFile(path)
    with first.open():
        path.unlink()
        with second.open():
            first.remove()
            assert path.exists()
            second.remove()
    assert not path.exists()
    second.remove()

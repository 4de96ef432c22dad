import logging
import os
import socket
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.servers.tftp import packet, service
from provd.tftp import readservices, requests, wire
from provd.tftp.readservices import (
    SMALL_FILE,
    TFTPFileService,
    TFTPHookService,
    TFTPLogService,
    TFTPNullService,
    TFTPStringService,
    open_regular,
    path_below,
)
from provd.tftp.requests import Response, TFTPRequest


class Kept:
    """
    Carries out answers by keeping them.
    """

    def __init__(self) -> None:
        self.answer: Any = None

    def accepted(self, fobj: IO[bytes]) -> None:
        self.answer = fobj.read()
        fobj.close()

    def rejected(self, errcode: bytes, errmsg: str | bytes) -> None:
        self.answer = (errcode, errmsg)

    def ignored(self) -> None:
        self.answer = "ignored"


def request(name: bytes) -> TFTPRequest:
    return {
        "address": ("192.0.2.7", 1024),
        "local_address": "192.0.2.1",
        "packet": {"opcode": wire.OP_RRQ, "filename": name, "mode": b"octet", "options": {}},
        "prov_dev": None,
    }


def answer(to: Any, name: bytes) -> Any:
    kept = Kept()
    to.handle_read_request(request(name), Response(kept))
    return kept.answer


TEMPORARY = ".provd-0123456789abcdef.tmp"
NOT_FOUND = (wire.ERR_FNF, "File not found")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """
    ``tftpboot`` beside what must not be served.
    """
    served = tmp_path / "tftpboot"
    (served / "sub").mkdir(parents=True)
    (served / "a.cfg").write_bytes(b"content")
    (served / "sub" / "b.cfg").write_bytes(b"below")
    (served / "Communicator\\x.cfg").write_bytes(b"backslash")
    (served / TEMPORARY).write_bytes(b"half written")
    (served / "sub" / ".hidden").mkdir()
    (served / "sub" / ".hidden" / "c").write_bytes(b"hidden")
    (tmp_path / "tftpboot-old").mkdir()
    (tmp_path / "tftpboot-old" / "x").write_bytes(b"secret")
    (tmp_path / "secret").write_bytes(b"secret")
    (served / "within").symlink_to("sub/b.cfg")
    (served / "out").symlink_to("../secret")
    (served / "absolute").symlink_to(tmp_path / "secret")
    (served / "outdir").symlink_to("../tftpboot-old")
    (served / "loop").symlink_to("loop")
    (served / "dangling").symlink_to("nowhere")
    os.mkfifo(served / "pipe")
    return served


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (b"a.cfg", b"content"),
        (b"/a.cfg", b"content"),
        (b"///a.cfg", b"content"),
        (b"./sub//b.cfg", b"below"),
        (b"sub/../a.cfg", b"content"),
        (b"Communicator\\x.cfg", b"backslash"),
        (b"sub/.hidden/c", b"hidden"),
        (b"within", b"below"),
    ],
)
def test_files_of_the_folder_are_sent(folder: Path, name: bytes, content: bytes) -> None:
    assert answer(TFTPFileService(str(folder)), name) == content


@pytest.mark.parametrize(
    "name",
    [
        b"missing",
        b"A.CFG",
        b"a.cfg/x",
        b"sub",
        b"a.cfg/",
        b"a.cfg//",
        b"a.cfg/.",
        b"a.cfg/x/..",
        b"sub/../a.cfg/",
        b"sub/b.cfg/./",
        b"/",
        b".",
        b"..",
        b"../secret",
        b"/../secret",
        b"sub/../../secret",
        b"../tftpboot-old/x",
        b"..\\secret",
        b"out",
        b"absolute",
        b"outdir/x",
        b"loop",
        b"dangling",
        b"pipe",
        b"socket",
        TEMPORARY.encode(),
        b"sub/../" + TEMPORARY.encode(),
        "é.cfg".encode(),
        b"\xff\xfe",
        b"x" * 300,
        b"x/" * 900,
        b"/etc/passwd",
        b"/dev/null",
        b"/proc/self/environ",
    ],
)
def test_nothing_else_is_found(folder: Path, name: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket")
        assert answer(TFTPFileService(str(folder)), name) == NOT_FOUND


@given(st.binary(min_size=1, max_size=40).filter(lambda name: b"\x00" not in name))
@settings(max_examples=300)
def test_no_name_leads_out_of_the_folder(name: bytes) -> None:
    try:
        fobj = open_regular(path_below("/proc/self/task", name))
    except (OSError, ValueError):
        return
    fobj.close()
    assert b"." not in name[:1]


def test_a_folder_may_be_reached_by_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    assert answer(TFTPFileService(tmp_path / "link"), b"a.cfg") == b"content"


def test_a_folder_may_come_later(tmp_path: Path) -> None:
    files = TFTPFileService(tmp_path / "later")
    assert answer(files, b"a") == NOT_FOUND
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "a").write_bytes(b"here")
    assert answer(files, b"a") == b"here"


@pytest.mark.parametrize(("size", "open_file"), [(0, False), (SMALL_FILE, False), (SMALL_FILE + 1, True)])
def test_small_files_keep_no_descriptor(folder: Path, size: int, open_file: bool) -> None:
    content = os.urandom(size)
    (folder / "a").write_bytes(content)
    before = len(os.listdir("/proc/self/fd"))
    with open_regular(path_below(str(folder), b"a")) as fobj:
        assert len(os.listdir("/proc/self/fd")) - before == open_file
        assert fobj.read(size + 1) == content
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_file_that_may_not_be_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(number: int) -> None:
        def opened(*arguments: object) -> None:
            raise OSError(number, "no")

        monkeypatch.setattr(readservices, "open_regular", opened)

    files = TFTPFileService(str(folder))
    failing(13)
    assert answer(files, b"a.cfg") == (wire.ERR_ACCESS, "Access violation")
    failing(5)
    assert answer(files, b"a.cfg") == (wire.ERR_UNDEF, "the file can't be read")


def test_the_null_service_refuses() -> None:
    assert answer(TFTPNullService(), b"a") == NOT_FOUND
    assert answer(TFTPNullService(wire.ERR_ACCESS, b"no"), b"a") == (wire.ERR_ACCESS, b"no")
    assert answer(TFTPNullService(errcode=wire.ERR_UNDEF, errmsg="x"), b"a") == (wire.ERR_UNDEF, "x")


def test_the_string_service_sends_its_text() -> None:
    assert answer(TFTPStringService("é"), b"a") == "é".encode()
    assert answer(TFTPStringService(b"\xff"), b"a") == b"\xff"


def test_a_hook_sees_requests_before_the_service() -> None:
    class Renaming(TFTPHookService):
        def _pre_handle(self, request: TFTPRequest) -> None:
            seen.append(request["packet"]["filename"])

    seen: list[bytes] = []
    assert answer(Renaming(TFTPStringService("x")), b"a") == b"x"
    assert seen == [b"a"]


def test_the_log_service_escapes_names(caplog: pytest.LogCaptureFixture) -> None:
    lines: list[str] = []
    assert answer(TFTPLogService(lines.append, TFTPStringService("x")), b"a\nforged") == b"x"
    assert lines == ["TFTP request from 192.0.2.7: b'a\\nforged' (b'octet')"]
    with caplog.at_level(logging.INFO):
        answer(TFTPLogService(logging.getLogger("plugin.x"), TFTPStringService("x")), b"a")
    assert caplog.messages == ["TFTP request from 192.0.2.7: b'a' (b'octet')"]


@pytest.mark.parametrize("name", service.__all__)
def test_plugins_get_the_same_services(name: str) -> None:
    home = requests if name == "TFTPRequest" else readservices
    assert getattr(service, name) is getattr(home, name)


@pytest.mark.parametrize("name", packet.__all__)
def test_plugins_get_the_same_packets(name: str) -> None:
    home = requests if name == "Packet" else wire
    assert getattr(packet, name) is getattr(home, name)


def test_opcodes_and_errors_are_two_bytes_in_order() -> None:
    opcodes = [packet.OP_RRQ, packet.OP_WRQ, packet.OP_DATA, packet.OP_ACK, packet.OP_ERR, packet.OP_OACK]
    assert opcodes == [bytes([0, number]) for number in range(1, 7)]
    errors = [
        packet.ERR_UNDEF,
        packet.ERR_FNF,
        packet.ERR_ACCESS,
        packet.ERR_ALLOC,
        packet.ERR_ILL,
        packet.ERR_UNKNWN_TID,
        packet.ERR_FEXIST,
        packet.ERR_NO_USER,
    ]
    assert errors == [bytes([0, number]) for number in range(8)]

from __future__ import annotations

import bz2
import gzip
import io
import os
import random
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provd.errors import PluginError
from provd.pluginhost.archives import check_package, unpack
from provd.pluginkit.packages import members

Member = tuple[str, Any]


def file(name: str, content: bytes = b"content", mode: int = 0o644) -> Member:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    return member, content


def other(name: str, kind: bytes, target: str = "") -> Member:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, None


def folder(name: str) -> Member:
    return other(name, tarfile.DIRTYPE)


def link(name: str, target: str) -> Member:
    return other(name, tarfile.SYMTYPE, target)


def tar(*members: Member) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for member, content in members:
            archive.addfile(member, None if content is None else io.BytesIO(content))
    return plain.getvalue()


class Unpacked:
    """
    Unpacks packages beside a file that must stay as it is.
    """

    def __init__(self, tmp_path: Path) -> None:
        self.package = tmp_path / "x.tar.bz2"
        self.folder = tmp_path / "unpacked"
        self.outside = tmp_path / "outside"
        self.outside.write_bytes(b"kept")

    def unpack(self, data: bytes) -> list[str]:
        self.package.write_bytes(data)
        unpack(self.package, self.folder, "x")
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))

    def refuse(self, data: bytes, problem: str = "its package is refused") -> None:
        before = set(self.folder.parent.iterdir())
        with pytest.raises(PluginError, match=problem):
            self.unpack(data)
        assert set(self.folder.parent.iterdir()) - before <= {self.folder, self.package}
        assert self.outside.read_bytes() == b"kept"


@pytest.fixture
def unpacked(tmp_path: Path) -> Unpacked:
    return Unpacked(tmp_path)


@pytest.mark.parametrize("compress", [bytes, bz2.compress, gzip.compress])
def test_files_and_folders_are_unpacked(unpacked: Unpacked, compress: Callable[[bytes], bytes]) -> None:
    data = tar(folder("x"), file("x/entry.py"), folder("x/var"), file("x/var/tftpboot/a b.cfg", b"", 0o6777))
    names = unpacked.unpack(compress(data))
    assert names == ["entry.py", "var", "var/tftpboot", "var/tftpboot/a b.cfg"]
    assert (unpacked.folder / "entry.py").read_bytes() == b"content"
    assert (unpacked.folder / "entry.py").stat().st_mode & 0o7777 == 0o644
    assert (unpacked.folder / "var/tftpboot/a b.cfg").stat().st_mode & 0o7777 == 0o755


def test_members_may_begin_with_a_dot_and_lack_folders(unpacked: Unpacked) -> None:
    assert unpacked.unpack(tar(file("./x/a/entry.py"))) == ["a", "a/entry.py"]


def test_links_that_stay_inside_are_kept(unpacked: Unpacked) -> None:
    data = tar(
        file("x/a/f"), link("x/b/l", "../a/f"), other("x/h", tarfile.LNKTYPE, "x/a/f"), link("x/d", "a")
    )
    unpacked.unpack(data)
    for name in ("b/l", "h", "d/f"):
        assert (unpacked.folder / name).read_bytes() == b"content"


@pytest.mark.parametrize(
    "name",
    [
        *["/x/f", "../x/f", "x/../f", "x/..", "x/../../outside", "outside", "y/f", "xx/f", "."],
        *["x/a\nb", "x/a\x1bb", "x/\udcff"],
    ],
)
def test_bad_names_are_refused(unpacked: Unpacked, name: str) -> None:
    unpacked.refuse(tar(file(name)))
    unpacked.folder.rmdir()
    unpacked.refuse(tar(folder("x"), folder(name)))


@pytest.mark.parametrize(
    "target", ["../outside", "/etc/passwd", "a/../../outside", "..", "../../../etc", "\udcff"]
)
def test_links_that_lead_out_are_refused(unpacked: Unpacked, target: str) -> None:
    unpacked.refuse(tar(folder("x"), link("x/l", target)))


def test_links_that_lead_out_by_way_of_others_are_refused(unpacked: Unpacked) -> None:
    unpacked.refuse(tar(folder("x/a/b"), link("x/a/b/up", "../.."), link("x/l", "a/b/up/../outside")))


@pytest.mark.parametrize("target", ["outside", "../outside", "/etc/passwd", "x/nothing", "x", "x/l"])
def test_hard_links_to_anything_else_are_refused(unpacked: Unpacked, target: str) -> None:
    unpacked.refuse(tar(folder("x"), link("x/l", "../outside"), other("x/h", tarfile.LNKTYPE, target)))


def test_nothing_is_written_through_a_link(unpacked: Unpacked) -> None:
    unpacked.refuse(tar(folder("x"), link("x/l", ".."), file("x/l/outside", b"changed")))


def test_no_file_is_written_over_a_link(unpacked: Unpacked) -> None:
    unpacked.refuse(tar(folder("x"), link("x/l", "../outside"), file("x/l", b"changed")))


def test_a_file_comes_once_and_is_no_folder(unpacked: Unpacked) -> None:
    unpacked.refuse(tar(file("x/f"), file("x/f")), "two members")
    unpacked.folder.rename(unpacked.folder.with_name("first"))
    unpacked.refuse(tar(file("x/f"), file("x/f/g")), "both a folder and not")


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"Z"])
def test_other_kinds_of_members_are_refused(unpacked: Unpacked, kind: bytes) -> None:
    unpacked.refuse(tar(other("x/d", kind)), "neither file, folder nor link")


def test_the_top_level_must_be_a_folder(unpacked: Unpacked) -> None:
    unpacked.refuse(tar(file("x")))
    assert not any(unpacked.folder.iterdir())


@pytest.mark.parametrize("data", [b"", b"\0" * 1024, tar()])
def test_an_empty_package_is_refused(unpacked: Unpacked, data: bytes) -> None:
    unpacked.refuse(data, "it is empty|damaged")


def test_too_many_bytes_are_refused(unpacked: Unpacked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MAX_BYTES", 100_000)
    unpacked.refuse(bz2.compress(tar(file("x/f", b"\0" * 200_000))), "more than 100000 bytes")


def test_too_many_members_are_refused(unpacked: Unpacked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "_MAX_MEMBERS", 3)
    unpacked.refuse(tar(folder("x"), *(file(f"x/{i}") for i in range(3))), "more than 3 members")


def test_a_header_without_end_is_refused(unpacked: Unpacked) -> None:
    unpacked.refuse(bz2.compress(tar(file("x/" + "y/" * 2_000_000 + "f"))), "a header is too long")


@pytest.mark.parametrize("size", ["-512", "-1024", "-2048", "-99999", "99999999999", "x"])
def test_extended_headers_that_lie_about_a_size_are_refused(unpacked: Unpacked, size: str) -> None:
    member, content = file("x/f", b"0" * 512)
    member.pax_headers = {"size": size}
    unpacked.refuse(tar(folder("x"), (member, content), file("x/g")), "refused|damaged")


def test_headers_about_headers_without_end_are_refused(unpacked: Unpacked) -> None:
    name = tarfile.TarInfo("././@LongLink")
    name.type, name.size = tarfile.GNUTYPE_LONGNAME, 4
    unpacked.refuse((name.tobuf(tarfile.GNU_FORMAT) + b"x/f".ljust(512, b"\0")) * 5000, "refused|damaged")


@pytest.mark.parametrize("compress", [bytes, bz2.compress, gzip.compress])
def test_each_way_to_be_cut_short_is_an_error(unpacked: Unpacked, compress: Callable[[bytes], bytes]) -> None:
    data = compress(tar(folder("x"), file("x/f", random.Random(0).randbytes(3000))))
    for index, length in enumerate(range(1, len(data) - 1, 97)):
        unpacked.folder = unpacked.folder.with_name(str(index))
        try:
            unpacked.unpack(data[:length])
        except PluginError:
            continue
        assert (unpacked.folder / "f").stat().st_size == 3000  # what is missing is padding


def test_a_full_disk_is_an_error(unpacked: Unpacked, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("provd.pluginkit.packages.members.os.open", full)
    unpacked.refuse(tar(file("x/f")), "can't be unpacked: No space left")


def test_a_package_must_be_the_one_that_is_meant(tmp_path: Path) -> None:
    package = tmp_path / "p"
    package.write_bytes(b"abc")
    digest = "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert check_package(package, "x") == check_package(package, "x", 3, digest) == digest
    with pytest.raises(PluginError, match="3 bytes instead of 4"):
        check_package(package, "x", 4, digest)
    with pytest.raises(PluginError, match="SHA-1"):
        check_package(package, "x", 3, digest[::-1])
    with pytest.raises(PluginError, match="can't be read"):
        check_package(tmp_path / "nothing", "x")


_PARTS = st.sampled_from(["x", "..", ".", "", "l", "f", "d", "outside", "/", "\\", "é"]) | st.text(max_size=3)
_NAMES = st.lists(_PARTS, max_size=5).map("/".join) | st.lists(_PARTS, max_size=4).map("/".join).map(
    "x/{}".format
)
_MEMBERS = st.one_of(
    st.builds(file, _NAMES),
    st.builds(folder, _NAMES),
    st.builds(link, _NAMES, _NAMES),
    st.builds(lambda name, target: other(name, tarfile.LNKTYPE, target), _NAMES, _NAMES),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(st.lists(_MEMBERS, max_size=6))
def test_no_package_reaches_out_of_its_folder(
    tmp_path_factory: pytest.TempPathFactory, members: list[Member]
) -> None:
    unpacked = Unpacked(tmp_path_factory.mktemp("u"))
    try:
        data = tar(*members)
    except ValueError:  # tarfile itself refuses the name
        return
    try:
        unpacked.unpack(data)
    except PluginError:
        pass
    else:
        root = os.path.realpath(unpacked.folder)
        for path in unpacked.folder.rglob("*"):
            assert os.path.commonpath((root, os.path.realpath(path))) == root
    assert unpacked.outside.read_bytes() == b"kept"
    assert {path.name for path in unpacked.outside.parent.iterdir()} <= {"x.tar.bz2", "unpacked", "outside"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 3000), st.sampled_from([bytes, bz2.compress, gzip.compress]))
def test_any_damage_is_one_error(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int, compress: Callable[[bytes], bytes]
) -> None:
    data = compress(tar(folder("x"), file("x/f", b"0123456789" * 100)))
    try:
        Unpacked(tmp_path_factory.mktemp("u")).unpack(data[:at] + noise + data[at + len(noise) :])
    except PluginError as error:
        assert error.plugin_id == "x"  # noqa: PT017

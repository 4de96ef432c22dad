"""
Zip and tar archives that are odd, damaged or made to do harm.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from provd.pluginkit.packages import members
from provd.pluginkit.packages.graph import InstallError
from tests.support import need_program

from .archives import make_special_tar, make_special_zip, make_tar, make_tar_of, make_zip
from .installing import file, run

LINK = 0o120777 << 16
FIFO = 0o010644 << 16
DOS, DOS_FOLDER = 0, 0x10


def two_links(path: Path) -> Path:
    return make_tar_of(path, (tarfile.SYMTYPE, "d", "."), (tarfile.SYMTYPE, "l", "d/../../x"))


def through_link(path: Path) -> Path:
    return make_tar_of(path, (tarfile.SYMTYPE, "d", ".."), (tarfile.REGTYPE, "d/x", ""))


def not_utf_8(path: Path) -> Path:
    return file(path, make_zip(path, éé=b"").read_bytes().replace(b"\xc3\xa9", b"\xff\xff"))


def without_name(path: Path) -> Path:
    return file(path, make_zip(path, a=b"").read_bytes().replace(b"a", b"\0"))


def of_unknown_method(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("file", b"x")
    content = bytearray(path.read_bytes())
    for at in (8, content.index(b"PK\x01\x02") + 10):
        content[at] = 98
    return file(path, bytes(content))


@pytest.mark.parametrize(
    ("make", "command", "problem"),
    [
        (lambda path: make_zip(path, **{"../x": b""}), "unzip", "bad name"),
        (lambda path: make_zip(path, **{"a\\..\\..\\x": b""}), "unzip", "bad name"),
        (lambda path: make_zip(path, **{"a": b"", "a/x": b""}), "unzip", "both a folder and not"),
        (lambda path: make_zip(path, **{"a/x": b"", "a": b""}), "unzip", "both a folder and not"),
        (lambda path: make_zip(path, **{"n" * 300: b""}), "unzip", "name too long"),
        (lambda path: make_special_zip(path, LINK, "l", b"../../x"), "unzip", "link that leads out"),
        (lambda path: make_special_zip(path, LINK, "l", b"/etc/passwd"), "unzip", "link that leads out"),
        (lambda path: make_special_zip(path, LINK, "l", b"a" * 5000), "unzip", "link that leads out"),
        (lambda path: make_special_zip(path, FIFO, "f"), "unzip", "neither file, folder nor link"),
        (lambda path: make_zip(path), "unzip", "empty"),
        (lambda path: file(path, b"PK\x03\x04"), "unzip", "damaged"),
        (lambda path: file(path, make_zip(path, a=b"0" * 99).read_bytes()[:-30]), "unzip", "damaged"),
        (not_utf_8, "unzip", "damaged"),
        (without_name, "unzip", "should be a folder"),
        (of_unknown_method, "unzip", "can't be read here"),
        (lambda path: make_tar(path, **{"../x": b""}), "untar", "bad name"),
        (lambda path: make_special_tar(path, tarfile.SYMTYPE, "l", "/etc/passwd"), "untar", "leads out"),
        (lambda path: make_special_tar(path, tarfile.SYMTYPE, "l", "../x"), "untar", "leads out"),
        (lambda path: make_special_tar(path, tarfile.LNKTYPE, "l", "../x"), "untar", "bad name"),
        (lambda path: make_special_tar(path, tarfile.LNKTYPE, "l", "/etc/passwd"), "untar", "to nothing"),
        (lambda path: make_special_tar(path, tarfile.CHRTYPE, "d"), "untar", "neither file"),
        (lambda path: make_special_tar(path, tarfile.FIFOTYPE, "d"), "untar", "neither file"),
        (two_links, "untar", "leads out"),
        (through_link, "untar", "both a folder and not"),
        (lambda path: file(path, b"\x1f\x8b\x08"), "untar", "damaged"),
        (
            lambda path: file(path, make_tar(path, "w:gz", a=b"x" * 9999).read_bytes()[:-40]),
            "untar",
            "damaged",
        ),
        (
            lambda path: file(path, make_tar(path, a=b"x" * 999).read_bytes()[:900]),
            "untar",
            "damaged|too early",
        ),
        (lambda path: file(path, b"x" * 600), "untar", "damaged"),
        (lambda path: file(path, b""), "untar", "empty|damaged"),
    ],
)
def test_an_archive_that_is_damaged_or_would_lead_out_is_refused(
    source: Path, work: Path, make: Callable[[Path], Path], command: str, problem: str
) -> None:
    with pytest.raises(InstallError, match=f"(?i)^a-b: {command}: archive: .*({problem})"):
        run(work, [make(source / "archive")], a_b=f"{command} $FILE1")
    assert sorted(os.listdir(work)) == ["files", "result"]
    assert sorted(os.listdir(work.parent)) == ["cache", "work"]


@pytest.mark.parametrize(("make", "command"), [(make_zip, "unzip"), (make_tar, "untar")])
def test_absolute_names_are_taken_as_relative(
    source: Path, work: Path, make: Callable[..., Path], command: str
) -> None:
    archive = make(source / "archive", **{"/usr/f.rom": b"1"})
    assert run(work, [archive], a_b=f"{command} $FILE1") == {"usr/f.rom": b"1"}


@pytest.mark.parametrize(("make", "command"), [(make_zip, "unzip"), (make_tar, "untar")])
def test_an_archive_may_not_unpack_to_any_size(
    source: Path, work: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[..., Path], command: str
) -> None:
    monkeypatch.setattr(members, "MAX_BYTES", 1000)
    with pytest.raises(InstallError, match="more than 1000 bytes"):
        run(work, [make(source / "archive", a=b"0" * 600, b=b"0" * 600)], a_b=f"{command} $FILE1")


def test_a_zip_may_be_made_on_windows(source: Path, work: Path) -> None:
    archive = source / "w.zip"
    with zipfile.ZipFile(archive, "w") as content:
        for name in ("empty\\", "fw\\1.0\\a.rom"):
            content.writestr(name, b"")
    assert run(work, [archive], a_b="unzip w.zip") == {"empty/": b"", "fw/1.0/a.rom": b""}


def test_a_folder_of_dos_may_have_no_slash(source: Path, work: Path) -> None:
    archive = make_special_zip(source / "w.zip", DOS_FOLDER, "empty", system=DOS)
    assert run(work, [archive], a_b="unzip w.zip") == {"empty/": b""}


def test_modes_mean_nothing_in_a_zip_that_was_not_made_on_unix(source: Path, work: Path) -> None:
    archive = make_special_zip(source / "w.zip", LINK, "a.rom", b"/etc/passwd", system=DOS)
    assert run(work, [archive], a_b="unzip w.zip") == {"a.rom": b"/etc/passwd"}


def test_names_in_a_zip_may_be_in_the_code_page_of_dos(source: Path, work: Path) -> None:
    archive = make_zip(source / "w.zip", aXb=b"1")
    file(archive, archive.read_bytes().replace(b"aXb", b"a\x82b"))
    assert run(work, [archive], a_b="unzip w.zip") == {"a\u00e9b": b"1"}


def test_names_in_a_tar_may_be_in_any_encoding(source: Path, work: Path) -> None:
    archive = make_tar(source / "t.tar", **{"a\udcff": b"1"})
    assert run(work, [archive], a_b="untar t.tar", b_c="cp * x/") == {"x/a\udcff": b"1"}


def test_the_last_of_several_members_of_one_name_counts(source: Path, work: Path) -> None:
    archive = make_tar_of(
        source / "t.tar",
        (tarfile.REGTYPE, "a", ""),
        (tarfile.SYMTYPE, "l", "a"),
        (tarfile.REGTYPE, "l", ""),
    )
    run(work, [archive], a_b="untar t.tar")
    assert not (work / "result" / "l").is_symlink()


def test_links_that_stay_inside_are_kept(source: Path, work: Path) -> None:
    archive = make_tar_of(
        source / "t.tar",
        (tarfile.REGTYPE, "fw/a.rom", ""),
        (tarfile.SYMTYPE, "fw/latest", "a.rom"),
        (tarfile.LNKTYPE, "fw/again", "fw/a.rom"),
    )
    found = run(work, [archive], a_b="untar t.tar", b_c="cp fw x/")
    assert found == {"x/fw/a.rom": b"", "x/fw/latest": b"", "x/fw/again": b""}
    assert os.readlink(work / "result" / "x" / "fw" / "latest") == "a.rom"


def test_a_tar_may_lack_its_end(source: Path, work: Path) -> None:
    archive = make_tar(source / "t.tar", a=b"x" * 512)
    file(archive, archive.read_bytes()[:1024])
    assert run(work, [archive], a_b="untar t.tar") == {"a": b"x" * 512}


def test_a_locked_zip_is_an_error(source: Path, work: Path) -> None:
    file(source / "a")
    subprocess.run([need_program("zip"), "-q", "-P", "secret", "z.zip", "a"], cwd=source, check=True)
    with pytest.raises(InstallError, match="needs a password"):
        run(work, [source / "z.zip"], a_b="unzip z.zip")

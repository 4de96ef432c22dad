"""
Archives that only other programs unpack, with each of these programs.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from provd.pluginkit.packages import programs
from provd.pluginkit.packages.graph import InstallError
from tests.support import need_program

from .archives import make_rar, make_tar
from .installing import file, run

UNPACKERS = {"bsdtar": "libarchive-tools", "unar": "unar", "7zz": "7zip"}
LINK = {"d": 0o120777}


@pytest.fixture
def program(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """
    Have a machine that has no other program.
    """
    name: str = request.param
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / name).symlink_to(need_program(name, UNPACKERS[name]))
    monkeypatch.setenv("PATH", str(folder))
    return name


rar_unpackers = pytest.mark.parametrize("program", ["bsdtar", "unar"], indirect=True)
seven_zip_unpackers = pytest.mark.parametrize("program", ["bsdtar", "7zz"], indirect=True)


def make_7z(path: Path, tar: Path) -> Path:
    bsdtar = need_program("bsdtar", "libarchive-tools")
    subprocess.run([bsdtar, "-c", "--format=7zip", "-f", str(path), f"@{tar}"], check=True)
    return path


@pytest.fixture
def archive_7z(source: Path) -> Path:
    members = {"a.rom": b"one", "x/-b.rom": b"two", "x/y/a.rom": b"three"}
    return make_7z(source / "-o$.7z", make_tar(source / "fw.tar", **members))


@rar_unpackers
def test_rar_archives_are_unpacked_without_their_folders(source: Path, work: Path, program: str) -> None:
    archive = make_rar(source / "-x.rar", **{"a.rom": b"one", "x/y/b.rom": b"two"})
    assert run(work, [archive], a_b="unrar $FILE1") == {"a.rom": b"one", "b.rom": b"two"}


# The archive comes before the program: a machine that has only that one may not be able to make it.
@seven_zip_unpackers
def test_7z_archives_are_unpacked_without_their_folders(archive_7z: Path, work: Path, program: str) -> None:
    assert run(work, [archive_7z], a_b="7z *.7z") == {"a.rom": b"three", "-b.rom": b"two"}


@rar_unpackers
def test_of_two_files_of_one_name_the_one_in_the_later_folder_counts(
    source: Path, work: Path, program: str
) -> None:
    archive = make_rar(source / "a.rar", **{"b/f": b"second", "a/f": b"first"})
    assert run(work, [archive], a_b="unrar a.rar") == {"f": b"second"}


@rar_unpackers
@pytest.mark.parametrize("name", ["../../../x", "/x"])
def test_no_name_leads_out(source: Path, work: Path, program: str, name: str) -> None:
    archive = make_rar(source / "a.rar", **{name: b"1", "ok": b"2"})
    with contextlib.suppress(InstallError):
        run(work, [archive], a_b="unrar a.rar")
    assert sorted(os.listdir(work)) == ["files", "result"]
    assert sorted(os.listdir(work.parent)) == ["bin", "cache", "work"]


@rar_unpackers
@pytest.mark.parametrize("others", [{}, {"d/x": b"1"}])
def test_an_archive_with_a_link_is_refused(
    source: Path, work: Path, program: str, others: dict[str, bytes]
) -> None:
    outside = source.parent / "outside"
    outside.mkdir()
    archive = make_rar(source / "a.rar", LINK, d=str(outside).encode(), **others)
    with pytest.raises(InstallError, match=r"a-b: unrar: a\.rar: "):
        run(work, [archive], a_b="unrar a.rar")
    assert not os.listdir(outside)
    assert not os.listdir(work / "result")


@pytest.mark.parametrize(("name", "command", "package"), [("a.rar", "unrar", "unar"), ("a.7z", "7z", "7zip")])
def test_without_a_program_it_says_which_package_brings_one(
    source: Path, work: Path, monkeypatch: pytest.MonkeyPatch, name: str, command: str, package: str
) -> None:
    monkeypatch.setenv("PATH", str(work))
    with pytest.raises(InstallError, match=f"nothing here unpacks .* install {package}"):
        run(work, [file(source / name)], a_b=f"{command} $FILE1")


@pytest.mark.parametrize(
    ("program", "command"),
    [("bsdtar", "unrar"), ("unar", "unrar"), ("bsdtar", "7z"), ("7zz", "7z")],
    indirect=["program"],
)
def test_what_no_archive_is_is_an_error(source: Path, work: Path, program: str, command: str) -> None:
    with pytest.raises(InstallError, match=f"a-b: {command}: archive: .*{program} can't unpack it"):
        run(work, [file(source / "archive")], a_b=f"{command} $FILE1")


@pytest.mark.parametrize("options", [["-psecret"], ["-psecret", "-mhe"]])
def test_a_locked_archive_is_an_error_and_nobody_is_asked(
    source: Path, work: Path, options: list[str]
) -> None:
    file(source / "a")
    subprocess.run(
        [need_program("7zz", "7zip"), "a", *options, "a.7z", "a"],
        cwd=source,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with pytest.raises(InstallError, match="needs a password"):
        run(work, [source / "a.7z"], a_b="7z a.7z")


def lone_program(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """
    Have a machine whose only program that unpacks runs a script.
    """
    (folder / "unar").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "unar").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.mark.parametrize(
    ("name", "limit", "script", "problem"),
    [
        ("_LONGEST", 0, "exec sleep 60", "takes more than 0 s"),
        ("MAX_BYTES", 1000, 'head -c 2000 /dev/zero > "$5/f"; exec sleep 60', "more than 1000 bytes"),
    ],
)
def test_a_program_that_goes_on_is_stopped(
    source: Path,
    work: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    limit: int,
    script: str,
    problem: str,
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Recorded(subprocess.Popen):  # type: ignore[type-arg]  # which is of bytes
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    lone_program(source, monkeypatch, script)
    monkeypatch.setattr(programs, name, limit)
    monkeypatch.setattr(programs, "_BETWEEN_LOOKS", 0.05)
    with pytest.raises(InstallError, match=problem):
        run(work, [file(source / "a.rar")], a_b="unrar a.rar")
    assert [process.returncode for process in started] == [-signal.SIGKILL]

"""
Archives of formats that only other programs read: RAR and 7z.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .members import MAX_BYTES, ArchiveError, Members, discard, flattened

__all__ = ["RAR", "SEVEN_ZIP", "Format", "unpack_with_program"]

_LONGEST = 600.0
_BETWEEN_LOOKS = 0.5


@dataclass(frozen=True)
class Format:
    """
    A kind of archive.

    :param programs: what can unpack it: the program, and its arguments for an archive and a folder.
    :param packages: the Debian packages that bring one.
    """

    name: str
    programs: Sequence[tuple[str, Callable[[str, str], list[str]]]]
    packages: str


def _seven_zip(archive: str, folder: str) -> list[str]:
    return ["x", "-y", "-bd", f"-o{folder}", "--", archive]


def _bsdtar(archive: str, folder: str) -> list[str]:
    return ["-x", "-f", archive, "-C", folder]


def _unar(archive: str, folder: str) -> list[str]:
    return ["-quiet", "-force-overwrite", "-no-directory", "-output-directory", folder, "--", archive]


# Debian's free programs; its 7z knows no RAR.
RAR = Format("RAR", (("unar", _unar), ("bsdtar", _bsdtar)), "unar or libarchive-tools")
SEVEN_ZIP = Format(
    "7z",
    (("7zz", _seven_zip), ("7z", _seven_zip), ("7zr", _seven_zip), ("bsdtar", _bsdtar)),
    "7zip or libarchive-tools",
)


def unpack_with_program(kind: Format, archive: Path, target: Members, work_dir: Path) -> None:
    """
    Write every file of an archive to the top of a folder, whatever folders it is in there.  Blocks.

    :param work_dir: where the program may write.
    :raises ArchiveError: if no program can unpack it, or it holds anything but files and folders.
    """
    found = ((shutil.which(program), arguments) for program, arguments in kind.programs)
    path, arguments = next(((path, arguments) for path, arguments in found if path), (None, None))
    if path is None or arguments is None:
        raise ArchiveError(f"nothing here unpacks {kind.name} archives: install {kind.packages}")
    folder = Path(tempfile.mkdtemp(dir=work_dir))
    try:
        _run([path, *arguments(str(archive.resolve()), str(folder))], kind.name, folder)
        flattened(folder, target)
    finally:
        discard(folder)
    if not len(target):
        raise ArchiveError("it is empty")


def _run(command: list[str], name: str, folder: Path) -> None:
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
    except OSError as error:
        raise ArchiveError(f"{command[0]} can't be run: {error.strerror}") from error
    try:
        status = _watched(process, command[0], folder)
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if status:
        raise ArchiveError(f"{command[0]} can't unpack it: it is damaged, needs a password, or isn't {name}")


def _watched(process: subprocess.Popen[bytes], program: str, folder: Path) -> int:
    """
    Return the status that a program ends with.

    :raises ArchiveError: if it takes too long or writes too much.
    """
    deadline = time.monotonic() + _LONGEST
    while True:
        try:
            return process.wait(_BETWEEN_LOOKS)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise ArchiveError(f"{program} takes more than {_LONGEST:g} s") from None
            if _size(folder) > MAX_BYTES:
                raise ArchiveError(f"more than {MAX_BYTES} bytes") from None


def _size(folder: Path) -> int:
    size = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # being renamed, or only there for a while
                size += os.lstat(os.path.join(parent, name)).st_size
    return size

"""
Archives made by hand.
"""

from __future__ import annotations

import binascii
import io
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path


def make_zip(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def make_tar(path: Path, mode: str = "w", **files: bytes) -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def make_special_tar(path: Path, kind: bytes, name: str, target: str = "") -> Path:
    """
    Write a tar archive of one member that isn't a file, of a kind such as ``tarfile.SYMTYPE``.
    """
    return make_tar_of(path, (kind, name, target))


def make_tar_of(path: Path, *members: tuple[bytes, str, str]) -> Path:
    """
    Write a tar archive of members without content, each with its type, its name and what it links to.
    """
    with tarfile.open(path, "w") as archive:
        for kind, name, target in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            archive.addfile(member)
    return path


def make_special_zip(path: Path, attributes: int, name: str, content: bytes = b"", system: int = 3) -> Path:
    """
    Write a zip archive of one member.

    :param attributes: the "external attributes": a Unix mode in the upper half, those of DOS in the lower.
    :param system: what made it: 3 for Unix, 0 for DOS.
    """
    with zipfile.ZipFile(path, "w") as archive:
        member = zipfile.ZipInfo(name)
        member.external_attr, member.create_system = attributes, system
        archive.writestr(member, content)
    return path


def make_rar(path: Path, modes: Mapping[str, int] | None = None, **files: bytes) -> Path:
    """
    Write a RAR 2.9 archive whose files are stored (technote of RAR 4.20).

    :param modes: Unix modes of files that aren't plain ones; a link's content is its target.
    """
    data = b"Rar!\x1a\x07\x00" + _rar_header(0x73, 0, b"\0" * 6)
    for name, content in files.items():
        encoded = name.replace("/", "\\").encode()
        size, crc = len(content), binascii.crc32(content)
        unix, stored, attributes = 3, 0x30, (modes or {}).get(name, 0o100644)
        fields = struct.pack(
            "<LLBLLBBHL", size, size, unix, crc, 0x5A000000, 29, stored, len(encoded), attributes
        )
        data += _rar_header(0x74, 0x8000, fields + encoded) + content
    path.write_bytes(data + _rar_header(0x7B, 0x4000, b""))
    return path


def _rar_header(kind: int, flags: int, fields: bytes) -> bytes:
    rest = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", binascii.crc32(rest) & 0xFFFF) + rest

"""
``pkgs/pkgs.db`` of a plugin: its packages, the files that they are made of, and how those are installed.

An INI text in UTF-8 with three kinds of sections, ``[pkg_<id>]``, ``[file_<id>]`` and ``[install_<id>]``.
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from .graph import InstallGraph

__all__ = [
    "PackageDatabase",
    "PackageDefinition",
    "PackagesError",
    "RemoteFile",
    "parse_packages",
    "read_packages",
]

_SHA1 = re.compile(r"[0-9a-f]{40}", re.ASCII)
_UNKNOWN_SHA1 = "0" * 40
_LONGEST_SIZE = 15


class PackagesError(ValueError):
    """
    What is wrong with a ``pkgs.db``, and where.
    """


@dataclass(frozen=True)
class RemoteFile:
    """
    A file that packages are made of.

    :param url: where to fetch it; empty if an administrator must put it into the cache.
    :param filename: its name in the cache.
    :param size: in bytes; None, as ``sha1``, where the vendor publishes neither: the database then says 0 and
        forty zeros.
    :param sha1: 40 lower-case hexadecimal digits.
    :param downloader: which one fetches it.
    """

    id: str
    url: str
    filename: str
    size: int | None
    sha1: str | None
    downloader: str


@dataclass(frozen=True)
class PackageDefinition:
    """
    A package.

    :param files: ids of its files, in order.
    :param install: the id of its installation, None if it has none; ``arguments`` are that one's.
    :param depends: ids of packages that it needs.
    :param info: every key of its section.
    """

    id: str
    version: str
    description: str
    files: tuple[str, ...]
    install: str | None
    arguments: tuple[str, ...]
    depends: tuple[str, ...]
    info: Mapping[str, str]


@dataclass(frozen=True)
class PackageDatabase:
    """
    All that a plugin's ``pkgs/`` folder says, by id.
    """

    packages: Mapping[str, PackageDefinition]
    files: Mapping[str, RemoteFile]
    installs: Mapping[str, InstallGraph]

    def files_of(self, package_id: str) -> list[RemoteFile]:
        """
        Return the files of a package, in order.
        """
        return [self.files[file_id] for file_id in self.packages[package_id].files]


def read_packages(
    folder: str | os.PathLike[str], downloaders: Collection[str] = ("default", "auth")
) -> PackageDatabase:
    """
    Return what the files of a folder say together; a folder that isn't there says nothing.

    :param downloaders: the names that ``downloader`` may have.
    :raises PackagesError: naming the file and the section that is wrong.
    """
    path = Path(folder)
    names = sorted(os.listdir(path)) if path.is_dir() else []
    texts = {}
    for name in names:
        if name.startswith(".") or not (path / name).is_file():
            continue
        try:
            texts[name] = (path / name).read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise PackagesError(f"{name} isn't UTF-8") from None
        except OSError as error:
            raise PackagesError(f"{name} can't be read: {error.strerror}") from error
    return parse_packages(texts, downloaders)


def parse_packages(
    texts: Mapping[str, str], downloaders: Collection[str] = ("default", "auth")
) -> PackageDatabase:
    """
    Return what texts say together.

    :param texts: by the name of the file that each is of.
    :raises PackagesError: naming the file and the section that is wrong.
    """
    reading = _Reading(downloaders)
    for name, text in texts.items():
        for section, values in _sections(name, text):
            reading.take(f"{name}: [{section}]", section, values)
    return reading.database()


def _sections(name: str, text: str) -> list[tuple[str, dict[str, str]]]:
    # No section can have that name, and thus be the defaults of all others.
    parser = configparser.RawConfigParser(default_section="\n")
    try:
        parser.read_string(text, name)
    except configparser.Error as error:
        raise PackagesError(f"{name}: {error.message}".replace("\n", " ")) from None
    return [(section, dict(parser[section])) for section in parser.sections()]


class _Reading:
    def __init__(self, downloaders: Collection[str]) -> None:
        self._downloaders = downloaders
        self._packages: dict[str, PackageDefinition] = {}
        self._files: dict[str, RemoteFile] = {}
        self._installs: dict[str, InstallGraph] = {}
        self._places: dict[str, str] = {}
        self._kinds = {"pkg_": self._package, "file_": self._file, "install_": self._install}

    def take(self, place: str, section: str, values: dict[str, str]) -> None:
        if section in self._places:
            raise PackagesError(f"{place} is there twice")
        self._places[section] = place
        for prefix, read in self._kinds.items():
            if section.startswith(prefix):
                try:
                    read(section.removeprefix(prefix), values)
                except ValueError as error:
                    raise PackagesError(f"{place} {error}") from None
                return
        raise PackagesError(f"{place} begins with none of {', '.join(self._kinds)}")

    def _package(self, package_id: str, values: dict[str, str]) -> None:
        if not package_id or package_id.startswith(".") or "/" in package_id or "\0" in package_id:
            raise ValueError("has an id that can't be a file name")
        if "id" in values:
            raise ValueError("has an id key")
        install, *arguments = values.get("install", "").split() or [""]
        self._packages[package_id] = PackageDefinition(
            id=package_id,
            version=_needed(values, "version"),
            description=_needed(values, "description"),
            files=tuple(values.get("files", "").split()),
            install=install or None,
            arguments=tuple(arguments),
            depends=tuple(values.get("depends", "").split()),
            info=MappingProxyType(values),
        )

    def _file(self, file_id: str, values: dict[str, str]) -> None:
        url, size, sha1 = _needed(values, "url"), _needed(values, "size"), _needed(values, "sha1sum").lower()
        if not (size.isascii() and size.isdigit() and len(size) <= _LONGEST_SIZE):
            raise ValueError("has a size that isn't a number of bytes")
        if not _SHA1.fullmatch(sha1):
            raise ValueError("has a sha1sum that isn't 40 hexadecimal digits")
        filename = values.get("filename") or urlsplit(url).path.rpartition("/")[2]
        if filename in ("", ".", "..") or "/" in filename or "\0" in filename:
            raise ValueError("has no usable filename, nor a URL that ends in one")
        downloader = values.get("downloader") or "default"
        if downloader not in self._downloaders:
            raise ValueError(f"has an unknown downloader {downloader!r}")
        is_known = int(size) > 0 or sha1 != _UNKNOWN_SHA1
        self._files[file_id] = RemoteFile(
            file_id, url, filename, int(size) if is_known else None, sha1 if is_known else None, downloader
        )

    def _install(self, install_id: str, values: dict[str, str]) -> None:
        self._installs[install_id] = InstallGraph.parse(values)

    def database(self) -> PackageDatabase:
        """
        Return everything, once what is named is known to be there.
        """
        users: dict[str, str] = {}
        for file in self._files.values():
            if file.filename in users:
                raise PackagesError(
                    f"{self._places['file_' + file.id]} has the file name of [file_{users[file.filename]}]"
                )
            users[file.filename] = file.id
        for package in self._packages.values():
            place = self._places["pkg_" + package.id]
            for file_id in package.files:
                if file_id not in self._files:
                    raise PackagesError(f"{place} names an unknown file {file_id!r}")
            if package.install is not None and package.install not in self._installs:
                raise PackagesError(f"{place} names an unknown installation {package.install!r}")
            for other in package.depends:
                if other not in self._packages:
                    raise PackagesError(f"{place} depends on an unknown package {other!r}")
        return PackageDatabase(
            MappingProxyType(self._packages), MappingProxyType(self._files), MappingProxyType(self._installs)
        )


def _needed(values: Mapping[str, str], key: str) -> str:
    if key not in values:
        raise ValueError(f"has no {key}")
    return values[key]

"""
``plugins.db``: which plugins a repository offers, and in which package file each of them is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provd.pluginkit.info import json_object
from provd.pluginkit.localization import with_localized_description

__all__ = ["CATALOG_FILE", "SIGNATURE_FILE", "Catalog", "CatalogEntry", "is_plugin_id", "parse_catalog"]

CATALOG_FILE = "plugins.db"
SIGNATURE_FILE = "plugins.db.sig"

# A file or folder name that is safe anywhere: no separator, no leading dot or dash.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+~-]{0,127}", re.ASCII)
_SHA1 = re.compile(r"[0-9a-f]{40}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class CatalogEntry:
    """
    A plugin that can be installed.

    :param filename: of its package, beside the catalog.
    :param size: of the package, in bytes.
    :param sha1: of the package, 40 lower-case hexadecimal digits.
    :param sha256: of the package, 64 such digits; None where the repository doesn't tell it.
    :param info: the whole entry of the catalog.
    :param is_local: whether it is of the local repository.
    """

    id: str
    filename: str
    version: str
    size: int
    sha1: str
    sha256: str | None
    info: Mapping[str, Any]
    is_local: bool = False

    def shown(self) -> dict[str, Any]:
        """
        Return what an administrator sees of it: the entry in the locale in use, without the file name.
        """
        shown = with_localized_description(self.info)
        del shown["filename"]
        return shown


@dataclass(frozen=True)
class Catalog:
    """
    What a repository offers.

    :param entries: by plugin id.
    :param rejected: plugin id -> what is wrong with its entry.
    """

    entries: Mapping[str, CatalogEntry] = field(default_factory=dict)
    rejected: Mapping[str, str] = field(default_factory=dict)


def is_plugin_id(text: str) -> bool:
    """
    Tell whether a text may name a plugin: up to 128 letters, digits and ``_ . + ~ -``, none of the last
    four at the start but ``_``.
    """
    return _PLAIN_NAME.fullmatch(text) is not None


def parse_catalog(data: bytes, *, is_signed: bool = False) -> Catalog:
    """
    Return the content of a ``plugins.db``.  An entry that is wrong is set aside, the others count.

    :param data: a JSON object in UTF-8; nothing at all is an empty one.
    :param is_signed: then each entry must tell the SHA-256 of its package: SHA-1 doesn't prove that a package
        is the one that was meant.
    :raises ValueError: if it isn't.
    """
    if not data:
        return Catalog()
    content = json_object(data, CATALOG_FILE)
    entries, rejected = {}, {}
    for plugin_id, info in content.items():
        if mistakes := _mistakes(plugin_id, info, is_signed):
            rejected[plugin_id] = ", ".join(mistakes)
        else:
            entries[plugin_id] = CatalogEntry(
                id=plugin_id,
                filename=info["filename"],
                version=info["version"],
                size=info["dsize"],
                sha1=info["sha1sum"],
                sha256=info.get("sha256sum"),
                info=info,
            )
    return Catalog(entries, rejected)


def _mistakes(plugin_id: str, info: Any, is_signed: bool) -> list[str]:
    if not is_plugin_id(plugin_id):
        return ["not a plugin id"]
    if not isinstance(info, dict):
        return ["not an object"]
    size = info.get("dsize")
    may_lack_sha256 = not is_signed and "sha256sum" not in info
    checks = {
        "filename": _matches(_PLAIN_NAME, info.get("filename")),
        "sha1sum": _matches(_SHA1, info.get("sha1sum")),
        "sha256sum": may_lack_sha256 or _matches(_SHA256, info.get("sha256sum")),
        "dsize": isinstance(size, int) and not isinstance(size, bool) and size >= 0,
        "version": isinstance(info.get("version"), str),
        "description": isinstance(info.get("description"), str),
        "capabilities": isinstance(info.get("capabilities"), dict),
    }
    return [
        f"{key} {'is wrong' if key in info else 'is missing'}" for key, right in checks.items() if not right
    ]


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None

"""
The data folder of an existing server of this line, whatever its vintage: what is in it, and what is wrong.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provd.pluginhost.installed import scan_plugins

from .documents import Problem, Stored, of_kind, read_folder

__all__ = ["Source", "read_source"]

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)


@dataclass
class Source:
    """
    :ivar parameters: the content of ``app.json``.
    :ivar plugins: ids of those whose folders are plugins.
    :ivar used_plugins: ids of those that devices have.
    :ivar problems: what doesn't come along.
    :ivar doubts: what comes along as it is, and is odd.
    """

    documents: list[Stored] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    plugins: list[str] = field(default_factory=list)
    used_plugins: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)


def read_source(folder: Path, json_db_dir: str = "jsondb") -> Source:
    """
    Return what a data folder holds.

    :raises ValueError: if it is no data folder of such a server.
    """
    documents_folder = folder / json_db_dir
    if not (documents_folder / "devices").is_dir() and not (documents_folder / "configs").is_dir():
        raise ValueError(f"{folder} has no {json_db_dir}/devices and {json_db_dir}/configs")
    source = Source()
    try:
        found, source.problems = read_folder(documents_folder)
    except OSError as error:
        raise ValueError(f"{error.filename}: {error.strerror}") from error
    for stored in found:
        if _ID.fullmatch(stored.id):
            source.documents.append(stored)
        else:
            source.problems.append(Problem(f"{stored.kind} {stored.id!r}", "has an id that can't be one"))
    source.doubts += _doubts(source.documents)
    source.parameters = _parameters(folder / "app.json", source.problems)
    found_plugins, broken = scan_plugins(folder / "plugins")
    source.plugins = sorted(found_plugins)
    source.problems += [Problem(f"plugin {name}", what) for name, what in broken.items()]
    plugins_of = (each.document.get("plugin") for each in of_kind(source.documents, "device"))
    source.used_plugins = sorted({plugin for plugin in plugins_of if isinstance(plugin, str)})
    return source


def _parameters(path: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        return content
    problems.append(Problem(path.name, "isn't a JSON object"))
    return {}


def _doubts(documents: Iterable[Stored]) -> Iterator[Problem]:
    documents = list(documents)
    configs = {stored.id for stored in of_kind(documents, "config")}
    for stored in of_kind(documents, "config"):
        parents = stored.document.get("parent_ids")
        for parent in parents if isinstance(parents, list) else ():
            if parent not in configs:
                yield Problem(f"config {stored.id}", f"has a parent that isn't there: {parent!r}")
    macs: Counter[str] = Counter()
    for stored in of_kind(documents, "device"):
        mac, config = stored.document.get("mac"), stored.document.get("config")
        if isinstance(mac, str):
            macs[mac] += 1
        if isinstance(config, str) and config not in configs:
            yield Problem(f"device {stored.id}", f"has a config that isn't there: {config!r}")
    for mac, count in macs.items():
        if count > 1:
            yield Problem(f"MAC address {mac}", f"is that of {count} devices")

"""
An import, from the check of the source to the moment when it counts.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from provd.pluginhost.installed import VAR_FOLDERS, scan_plugins

from .documents import read_database, write_database
from .incoming import Incoming
from .plan import Plan, plan
from .source import Source

__all__ = ["bring", "planned"]

_DATABASE = "documents.db"


def planned(source: Source, data: Path, overwrite: bool) -> Plan:
    """
    Return what an import into a data folder does.

    :raises StoreError: if the documents that are there can't be read.
    :raises ValueError: if the parameters that are there can't be.
    """
    here = read_database(data / _DATABASE) if (data / _DATABASE).exists() else []
    try:
        parameters: Any = json.loads((data / "app.json").read_bytes())
    except FileNotFoundError:
        parameters = {}
    if not isinstance(parameters, dict):
        raise ValueError(f"{data / 'app.json'} isn't a JSON object")
    installed, _ = scan_plugins(data / "plugins")
    return plan(
        here,
        source.documents,
        parameters,
        source.parameters,
        installed,
        source.plugins,
        source.used_plugins,
        overwrite,
    )


def bring(made: Plan, source: Path, data: Path) -> None:
    """
    Put all of it together, and have it count; see :func:`provd.migration.incoming.take_incoming`.

    :param source: the data folder that plugins come from.
    """
    incoming = Incoming(data, adds_plugins=True)
    try:
        write_database(incoming.database, made.documents)
        if made.parameters:
            content = json.dumps(made.parameters).encode()
            (incoming.folder / "app.json").touch(mode=0o600)
            (incoming.folder / "app.json").write_bytes(content)
        incoming.plugins.mkdir(mode=0o751)
        for plugin_id in made.plugins:
            _copy_plugin(source / "plugins" / plugin_id, incoming.plugins / plugin_id)
        incoming.ready()
    finally:
        incoming.discard()


def _copy_plugin(source: Path, target: Path) -> None:
    """
    Copy a plugin with what is the site's, but for the files of packages; nobody else reads a phone's file.
    """
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(target / "var" / "cache", ignore_errors=True)
    for name in VAR_FOLDERS:
        (target / "var" / name).mkdir(mode=0o751, parents=True, exist_ok=True)
    for path in target.rglob("*"):
        if path.is_symlink():
            continue
        served = path.relative_to(target).parts[:2] == ("var", "tftpboot")
        firmware = "firmware" in path.relative_to(target).parts
        path.chmod(0o751 if path.is_dir() else 0o640 if served and not firmware else 0o644)

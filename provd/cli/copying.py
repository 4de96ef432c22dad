"""
What ``provd-cli export``, ``backup`` and ``restore`` do.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import click

from provd.errors import StoreError
from provd.migration.backup import back_up, unpack
from provd.migration.documents import read_database, snapshot, write_folder

from .failures import CommandFailed, Exit
from .localdata import data_folder, restarted

__all__ = ["put_back", "write_backup", "write_export"]

_DATABASE = "documents.db"


def write_export(target: Path, data: Path | None) -> None:
    """
    Write the layout of existing servers to a folder that is new or empty.
    """
    folder = data_folder(data)
    if target.exists() and any(target.iterdir()):
        raise CommandFailed(f"{target} isn't empty", Exit.CONFLICT)
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="provd-export-") as temporary:
            copy = Path(temporary, _DATABASE)
            snapshot(folder / _DATABASE, copy)
            documents = read_database(copy)
        write_folder(target / "jsondb", documents)
        if (folder / "app.json").exists():
            shutil.copy2(folder / "app.json", target / "app.json")
        if (folder / "plugins").is_dir():
            shutil.copytree(folder / "plugins", target / "plugins", symlinks=True, ignore=_made_again)
    except (StoreError, OSError, shutil.Error) as error:
        raise CommandFailed(str(error)) from None
    devices = sum(stored.kind == "device" for stored in documents)
    click.echo(f"{devices} devices, {len(documents) - devices} configs")


def _made_again(folder: str, names: list[str]) -> set[str]:
    """
    Return which of a folder's names aren't worth a copy.
    """
    unwanted = {name for name in names if name == "__pycache__" or name.startswith(".")}
    return unwanted | ({"cache"} if Path(folder).name == "var" else set())


def write_backup(file: Path, with_firmware: bool, data: Path | None) -> None:
    """
    Write a backup.
    """
    try:
        size = back_up(data_folder(data), file, with_firmware)
    except (StoreError, OSError) as error:
        raise CommandFailed(str(error)) from None
    click.echo(f"{size / 1e6:.1f} MB")


def put_back(file: Path, restart: bool, data: Path | None) -> None:
    """
    Check a backup, and have it take the place of what there is.
    """
    folder = data_folder(data)
    if (folder / ".incoming").exists():
        raise CommandFailed("what has come before isn't taken up yet: restart the daemon", Exit.CONFLICT)
    try:
        incoming, count = unpack(file, folder)
        incoming.ready()
    except (ValueError, OSError) as error:
        raise CommandFailed(str(error)) from None
    click.echo(f"{count} documents")
    click.echo(restarted(folder, restart))

"""
The data folder of this machine's daemon, for commands that don't go through it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from provd.errors import InvalidSettings, StoreError
from provd.migration.incoming import take_incoming
from provd.settings.load import ETC, load
from provd.settings.model import Settings
from provd.store.lock import FolderLock

from .failures import CommandFailed, Exit

__all__ = ["conf_folder", "data_folder", "is_running", "restarted"]

_UNIT = "accent-provd.service"


def _settings() -> Settings:
    try:
        return load().settings
    except InvalidSettings as error:
        raise CommandFailed(f"the settings: {error}", Exit.USAGE) from None


def data_folder(data: Path | None) -> Path:
    """
    Return the folder, which is there and holds the documents itself.
    """
    if data is None:
        settings = _settings()
        if settings.database.type != "sqlite":
            raise CommandFailed("with database.type json, copy the folder of documents itself", Exit.USAGE)
        data = settings.general.base_storage_dir
    if not data.is_dir():
        raise CommandFailed(f"{data} isn't there", Exit.NOT_FOUND)
    return data


def conf_folder() -> Path:
    """
    Return where files of settings are put.
    """
    return ETC / "conf.d"


def is_running(data: Path) -> bool:
    """
    Tell whether a daemon has a data folder.
    """
    lock = FolderLock(data)
    try:
        lock.take()
    except StoreError:
        return True
    lock.release()
    return False


def restarted(data: Path, wanted: bool) -> str:
    """
    Have what has come taken up; return what to tell.
    """
    try:
        take_incoming(data)
    except StoreError:
        pass
    else:
        return "done"
    if not wanted:
        return f"it is taken up when the daemon starts again: systemctl restart {_UNIT}"
    done = subprocess.run(["systemctl", "restart", _UNIT], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandFailed(f"the daemon, which then takes it up, can't be restarted: {done.stderr.strip()}")
    return "done"

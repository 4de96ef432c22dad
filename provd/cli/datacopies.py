"""
``provd-cli export``, ``backup`` and ``restore``: all data of this machine's daemon, while it runs.
"""

from __future__ import annotations

from pathlib import Path

import click

from .dataoptions import DATA, FILE, NEW_FILE, NEW_FOLDER

__all__ = ["backup", "export", "restore"]


@click.command()
@click.argument("target", metavar="DIR", type=NEW_FOLDER)
@DATA
def export(target: Path, data: Path | None) -> None:
    """
    Write the data as existing servers keep it.

    DIR, which must be new or empty, then has jsondb, app.json and plugins.  The daemon may run.
    """
    from .copying import write_export  # what it needs takes a while to load

    write_export(target, data)


@click.command()
@click.argument("file", type=NEW_FILE)
@click.option("--with-firmware", is_flag=True, help="Large files that phones are served, too.")
@DATA
def backup(file: Path, with_firmware: bool, data: Path | None) -> None:
    """
    Write everything that can't be made again into a file.

    It holds passwords and tokens, and is nobody else's to read.  The daemon may run.
    """
    from .copying import write_backup

    write_backup(file, with_firmware, data)


@click.command()
@click.argument("file", type=FILE)
@click.option("--restart", is_flag=True, help="Restart the daemon, so that it takes it up at once.")
@DATA
def restore(file: Path, restart: bool, data: Path | None) -> None:
    """
    Put back what a backup holds.

    It takes the place of all there is.  FILE is checked whole before anything changes.  A daemon that runs
    goes on as it is, and takes it up when it starts again; then the files of all phones are written anew.
    """
    from .copying import put_back

    put_back(file, restart, data)

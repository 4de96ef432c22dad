"""
What commands take that work on the data folder itself.
"""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["DATA", "FILE", "FOLDER", "NEW_FILE", "NEW_FOLDER"]

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)
DATA = click.option(
    "--data", metavar="DIR", type=NEW_FOLDER, help="The daemon's data folder, if not that of the settings."
)

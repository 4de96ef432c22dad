"""
``provd-cli import``: the data of an existing server.
"""

from __future__ import annotations

from pathlib import Path

import click

from .dataoptions import DATA, FILE, FOLDER, NEW_FILE

__all__ = ["import_data"]


@click.command("import")
@click.argument("source", metavar="DIR", type=FOLDER)
@click.option("--dry-run", is_flag=True, help="Change nothing, only say what would be done.")
@click.option("--overwrite", is_flag=True, help="Take what differs from DIR, not from here.")
@click.option("--strict", is_flag=True, help="Do nothing if there is a file that can't be read.")
@click.option(
    "--config", "config_file", metavar="FILE", type=FILE, help="The former config.yml, which is taken over."
)
@click.option(
    "--settings",
    "settings_file",
    metavar="FILE",
    type=NEW_FILE,
    help="Where settings are written; by default conf.d/50-imported.yml in /etc/accent-provd.",
)
@click.option("--no-settings", is_flag=True, help="Write no settings.")
@DATA
def import_data(
    source: Path,
    dry_run: bool,
    overwrite: bool,
    strict: bool,
    config_file: Path | None,
    settings_file: Path | None,
    no_settings: bool,
    data: Path | None,
) -> None:
    """
    Take over the data of an existing server.

    DIR is its data folder, with jsondb, app.json and plugins.  The daemon must be stopped, and have been
    started here once.  What isn't here comes; what differs stays as it is here, unless this daemon knows no
    device yet.  All of it counts at one moment, and the command can be run again.
    """
    from .importing import Import  # what it needs takes a while to load

    job = Import(source, data, overwrite)
    job.report()
    job.about_settings(config_file, settings_file, not no_settings)
    job.run(dry_run, strict)

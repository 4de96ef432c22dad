"""
What ``provd-cli import`` does, and what it tells of it.
"""

from __future__ import annotations

import os
from pathlib import Path

import click
import yaml

from provd.errors import StoreError
from provd.migration.importing import bring, planned
from provd.migration.incoming import take_incoming
from provd.migration.oldsettings import written_out
from provd.migration.source import read_source
from provd.settings.yamlfiles import UnusableFile, read_map

from .failures import CommandFailed, Exit
from .localdata import conf_folder, data_folder, is_running

__all__ = ["Import"]

_MOST_SHOWN = 20
_SETTINGS = "50-imported.yml"


class Import:
    """
    An import whose source has been checked.

    :raises CommandFailed: if it can't be.
    """

    def __init__(self, source: Path, data: Path | None, overwrite: bool) -> None:
        self._source = source
        self._folder = data_folder(data)
        self._settings: tuple[Path, str] | None = None
        if is_running(self._folder):
            stop = "systemctl stop accent-provd.socket"
            raise CommandFailed(f"a daemon has {self._folder}: {stop}", Exit.CONFLICT)
        try:
            take_incoming(self._folder)
            self._found = read_source(source)
            self._plan = planned(self._found, self._folder, overwrite)
        except (ValueError, StoreError, OSError) as error:
            raise CommandFailed(str(error)) from None

    def report(self) -> None:
        """
        Tell what comes, and what doesn't.
        """
        made = self._plan
        for title, names in (
            ("new", made.new),
            ("the same", made.same),
            ("replaced", made.replaced),
            ("kept as here, though other there", made.kept),
        ):
            devices = sum(name.startswith("device ") for name in names)
            click.echo(f"{title}: {devices} devices, {len(names) - devices} configs")
        _list("kept as here", made.kept)
        for title, names in (
            ("parameters", made.new_parameters),
            ("plugins", made.plugins),
            ("plugins that are here already", made.kept_plugins),
        ):
            if names:
                click.echo(f"{title}: {', '.join(names)}")
        missing = [f"plugin {name} is used by devices and isn't there" for name in made.missing_plugins]
        _list("doubtful", [*(f"{each.where} {each.what}" for each in self._found.doubts), *missing])
        _list("not taken", [f"{each.where} {each.what}" for each in self._found.problems])

    def about_settings(self, former: Path | None, target: Path | None, wanted: bool) -> None:
        """
        Tell what becomes of settings.

        :param former: the ``config.yml`` of the server before.
        :param target: the file that is to be written; one that is there stays.
        """
        if not wanted:
            return
        try:
            old = None if former is None else dict(read_map(former))
        except (UnusableFile, OSError, ValueError, yaml.YAMLError) as error:
            raise CommandFailed(f"{former} can't be read: {error}", Exit.USAGE) from None
        text, left_out = written_out(old)
        target = target or conf_folder() / _SETTINGS
        if left_out:
            click.echo(f"settings left out, as paths are others here: {', '.join(sorted(left_out))}")
        if target.exists():
            is_same = target.read_text(encoding="utf-8") == text
            click.echo(f"settings: {target} is there, {'the same' if is_same else 'and other: it stays'}")
        else:
            click.echo(f"settings: {target}")
            self._settings = target, text

    def run(self, dry_run: bool, strict: bool) -> None:
        """
        Do it.

        :raises CommandFailed: if it can't be done, or ``strict`` is wanted and there are problems.
        """
        if strict and self._found.problems:
            raise CommandFailed("nothing was changed, as there are problems")
        if dry_run:
            click.echo("nothing was changed (--dry-run)")
            return
        is_change = self._plan.changes_anything
        try:
            if is_change:
                bring(self._plan, self._source, self._folder)
                take_incoming(self._folder)
        except (StoreError, OSError) as error:
            raise CommandFailed(f"nothing was changed: {error}") from None
        if self._settings is not None:
            _write(*self._settings)
        click.echo("done" if is_change else "done: there was nothing to do")


def _list(title: str, lines: list[str]) -> None:
    for line in lines[:_MOST_SHOWN]:
        click.echo(f"{title}: {line}")
    if len(lines) > _MOST_SHOWN:
        click.echo(f"{title}: and {len(lines) - _MOST_SHOWN} more")


def _write(target: Path, text: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        if os.geteuid() == 0:
            os.chown(target, 0, target.parent.stat().st_gid)
    except OSError as error:
        raise CommandFailed(f"only the settings aren't written: {target}: {error.strerror}") from None

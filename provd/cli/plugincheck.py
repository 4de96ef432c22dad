"""
``provd-cli plugin check``.
"""

from __future__ import annotations

import logging
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

from provd.plugincheck.check import Report, check_plugin

__all__ = ["check"]


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """
    Tell what is wrong with the plugin in DIR.

    It stays as it is.  Its samples/requests.yml and samples/devices.yml are tried; without the second,
    devices are made up of the capabilities in its plugin-info.  A name that a template uses and nothing
    defines counts as a mistake, though the daemon lets it pass.
    """
    folder = folder.resolve()
    logging.getLogger().addHandler(logging.NullHandler())  # what the plugin itself has to say
    report = _checked(folder)
    for mistake in report.mistakes:
        click.echo(f"{folder.name}: {mistake.part}: {mistake.text}")
    if report.mistakes:
        sys.exit(1)
    tried = ", ".join(f"{what}: {count}" for what, count in report.tried.items())
    click.echo(f"{folder.name}: nothing wrong ({tried})")


def _checked(folder: Path) -> Report:
    # Extractors may wait for what only a running reactor does.
    from twisted.internet.defer import Deferred
    from twisted.internet.task import react

    reports: list[Report] = []

    def run(reactor: Any) -> Deferred[None]:
        return Deferred.fromCoroutine(check_plugin(folder, reactor)).addCallback(reports.append)

    try:
        with redirect_stdout(sys.stderr):  # what the plugin prints is none of the mistakes
            react(run)
    except SystemExit as end:
        if end.code:
            raise
    return reports[0]

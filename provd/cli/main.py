"""
``provd-cli``: its groups of commands.
"""

from __future__ import annotations

import click

from .pluginbuild import build, key
from .plugincheck import check

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="accent-provd")
def main() -> None:
    """
    Administer accent-provd.
    """


@main.group()
def plugin() -> None:
    """
    For authors of plugins: check them, build packages of them, sign a repository.
    """


plugin.add_command(build)
plugin.add_command(check)
plugin.add_command(key)

"""
``provd-cli plugin build`` and ``key``: a repository out of plugins' folders, and what it is signed with.
"""

from __future__ import annotations

import click

__all__ = ["build", "key"]


@click.command()
def build() -> None:
    """
    Make packages of plugins, and their index plugins.db.
    """


@click.command()
def key() -> None:
    """
    Make a pair of keys for signing a repository.
    """

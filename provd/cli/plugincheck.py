"""
``provd-cli plugin check``.
"""

from __future__ import annotations

import click

__all__ = ["check"]


@click.command()
def check() -> None:
    """
    Tell what is wrong with a plugin.
    """

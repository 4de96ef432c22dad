"""
``provd-cli plugin build`` and ``key``: a repository out of plugins' folders, and what it is signed with.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from provd.errors import PluginError
from provd.pluginhost import signing
from provd.pluginhost.repository import build_repository

__all__ = ["build", "key"]

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument(
    "sources",
    metavar="SRC...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option(
    "--output",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the packages and plugins.db go.",
)
@click.option(
    "--sign-key", metavar="FILE", type=_FILE, help="Sign plugins.db with this key, see 'plugin key'."
)
def build(sources: tuple[Path, ...], output: Path, sign_key: Path | None) -> None:
    """
    Make packages of plugins, and their index.

    Together they are a repository, which a web server can publish as it is; the index is plugins.db.
    SRC is the folder of a plugin, which has an entry.py, or a folder of such folders.  Hidden files,
    __pycache__, and a plugin's samples and tests stay out.  The same sources give the same bytes.  With a key
    the index is signed, in plugins.db.sig beside it.  Packages that only the former index named are removed.
    """
    try:
        private = None if sign_key is None else _read(sign_key)
        for plugin_id in build_repository(sources, output, private):
            click.echo(plugin_id)
    except (PluginError, OSError) as error:
        raise click.ClickException(str(error)) from error


@click.command()
@click.argument("file", type=_FILE)
@click.option("--show", is_flag=True, help="Print the public key of a FILE that is there.")
def key(file: Path, show: bool) -> None:
    """
    Make a key for signing a repository.

    The private key goes into FILE, and the public one is printed.
    """
    if not show:
        try:
            with open(file, "xb", opener=_private) as target:
                target.write(signing.new_key())
                target.flush()
                os.fsync(target.fileno())
        except FileExistsError:
            raise click.ClickException(f"{file} is there already; --show prints its public key") from None
        except OSError as error:
            raise click.ClickException(f"{file}: {error.strerror}") from error
    public = signing.public_key(_read(file))
    click.echo(public)
    click.echo(
        "Servers that install from this repository then want, in /etc/accent-provd/conf.d/*.yml:\n"
        f"general: {{plugin_server_keys: {{'https://your.server/path/': '{public}'}}}}",
        err=True,
    )


def _private(file: str, flags: int) -> int:
    return os.open(file, flags, 0o600)


def _read(file: Path) -> signing.Ed25519PrivateKey:
    try:
        return signing.read_key(file.read_bytes())
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise click.ClickException(f"{file} {error}") from error

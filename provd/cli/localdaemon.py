"""
The daemon of this machine: where it listens, and the token that it made for its administrator.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import provd
from provd.logs import Secret

from .settingvalues import read_token

__all__ = ["is_local", "token", "url"]

_PORT = 8666
_FILE = "admin-token"
_INSTALLED = Path("/var/lib/accent-provd")
_CHECKOUT = Path(provd.__file__).parents[1] / "var"
"""Where ``make run`` of the checkout that this is a part of keeps its data."""


def url(environ: Mapping[str, str]) -> str:
    """
    Return where it listens: the variables of the daemon hold for this command too.

    :raises ValueError: if ``PROVD_REST_PORT`` isn't a port.
    """
    port = environ.get("PROVD_REST_PORT") or str(_PORT)
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise ValueError("PROVD_REST_PORT isn't a port")
    return f"http://127.0.0.1:{int(port)}"


def is_local(server: str) -> bool:
    """
    Tell whether a URL leads to this machine.
    """
    host = urlsplit(server).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def token(environ: Mapping[str, str]) -> tuple[Secret, str]:
    """
    Return the administrator's token, and the file that it is in.

    :raises ValueError: if there is no such file that can be read.
    """
    data = environ.get("PROVD_DATA_DIR")
    folders = [Path(data)] if data else [_CHECKOUT, _INSTALLED]
    path = next((folder / _FILE for folder in folders if os.path.exists(folder / _FILE)), folders[-1] / _FILE)
    try:
        return read_token(path), str(path)
    except ValueError as error:
        raise ValueError(f"{path} {error}") from None

"""
What single settings must look like: each check takes a value as YAML, the environment or the command line
gives it, and returns it in its one form or raises ``ValueError`` with the text of the mistake.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from provd.logs import Secret

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_PROVISIONING_KEY = re.compile(r"[A-Za-z0-9$~.-]{8,256}", re.ASCII)
_UNSAFE_IN_URL = re.compile(r"[\s\x00-\x1f\x7f\"<>\\^`{|}]")
_ANY_INTERFACE = "0.0.0.0"
LONGEST_SOCKET_PATH = 107
"""Bytes of a UNIX socket's path (unix(7))."""


def shown(value: Any) -> str:
    """
    Return how a mistake names a value: short, on one line, and without the credentials of a URL.
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, str):
        text = "the URL given" if "@" in value else ascii(value)
        return text if len(text) <= 80 else text[:77] + "..."
    return str(value)[:80]


def optional(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """
    Return the check that also takes null and an empty text, both as None.
    """
    return lambda value: None if value is None or value == "" else check(value)


def whole(minimum: int, maximum: int, name: str | None = None) -> Callable[[Any], int]:
    """
    Return the check for a whole number in that range; digits in quotes are taken as well.
    """
    name = name or f"a whole number from {minimum} to {maximum}"

    def check(value: Any) -> int:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
            raise ValueError(f"{shown(value)} isn't {name}")
        return value

    return check


port = whole(1, 65535, "a port")


def seconds(value: Any) -> float:
    """
    Return a positive number of seconds, fractions allowed.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e9:
        raise ValueError(f"{shown(value)} isn't a positive number of seconds")
    return float(value)


def text(value: Any) -> str:
    """
    Return a text that isn't empty.
    """
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} isn't text (put a number in quotes)")
    if not value or not value.isprintable():
        raise ValueError(f"{shown(value)} is empty or holds control characters")
    return value


def names(value: Any) -> tuple[str, ...]:
    """
    Return a list of texts as a tuple.
    """
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{shown(value)} isn't a list")
    return tuple(text(item) for item in value)


def path(value: Any) -> Path:
    """
    Return an absolute path: the daemon runs in whatever folder it was started from.
    """
    found = value if isinstance(value, Path) else Path(text(value))
    if not found.is_absolute():
        raise ValueError(f"{shown(str(value))} isn't an absolute path")
    return found


def socket_path(value: Any) -> Path:
    """
    Return an absolute path at which a UNIX socket can be.
    """
    found = path(value)
    if len(os.fsencode(found)) > LONGEST_SOCKET_PATH:
        raise ValueError(f"{shown(str(found))} is longer than {LONGEST_SOCKET_PATH} bytes")
    return found


def secret(value: Any) -> Secret:
    """
    Return a text as :class:`Secret`; a mistake says nothing of the value.
    """
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str) or not value:
        raise ValueError("isn't text, or is empty (put a number in quotes)")
    return Secret(value)


def provisioning_key(value: Any) -> Secret:
    """
    Return a tenant's key, 8 to 256 characters that stand in a URL unescaped (rest-api: parameters).
    """
    key = secret(value)
    if not _PROVISIONING_KEY.fullmatch(key.reveal()):
        raise ValueError("isn't 8 to 256 characters of A-Z a-z 0-9 - $ ~ .")
    return key


def interface(value: Any) -> str:
    """
    Return the address to listen on; ``*`` is every IPv4 address of the machine, ``::`` every address.
    """
    if value in ("*", ""):
        return _ANY_INTERFACE
    if value == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(text(value)))
    except ValueError:
        raise ValueError(f"{shown(value)} isn't an address") from None


def networks(value: Any) -> tuple[str, ...]:
    """
    Return a list of addresses and networks as networks: ``192.0.2.1`` as ``192.0.2.1/32``.
    """
    found = []
    for name in names(value):
        try:
            found.append(str(ipaddress.ip_network(name)))
        except ValueError:
            raise ValueError(f"{shown(name)} isn't an address or a network") from None
    return tuple(found)


def interface_names(value: Any) -> tuple[str, ...]:
    """
    Return a list of network interfaces by their names.
    """
    found = names(value)
    for name in found:
        if not re.fullmatch(r"[\w.@-]{1,15}", name, re.ASCII):
            raise ValueError(f"{shown(name)} isn't an interface's name")
    return tuple(found)


def host(value: Any) -> str:
    """
    Return the name or address of a machine.
    """
    found = text(value)
    try:
        return str(ipaddress.ip_address(found))
    except ValueError:
        pass
    if not _HOST.fullmatch(found):
        raise ValueError(f"{shown(value)} isn't a host")
    return found


def _split_url(value: Any, schemes: tuple[str, ...], kind: str) -> SplitResult:
    try:
        url = urlsplit(text(value))
        host, _ = url.hostname, url.port  # the port raises ValueError where it is none
        if host and ":" in host:
            ipaddress.IPv6Address(host)
        elif not _HOST.fullmatch(host or ""):
            raise ValueError
        if url.scheme not in schemes or url.port == 0 or _UNSAFE_IN_URL.search(value):
            raise ValueError
    except ValueError:
        raise ValueError(f"{shown(value)} isn't {kind}") from None
    return url


def base_url(value: Any) -> str:
    """
    Return the URL that phones' files are built on, without a slash at its end.
    """
    kind = "a URL of the form http://host[:port][/path]"
    url = _split_url(value, ("http", "https"), kind)
    if url.query or url.fragment or url.username is not None:
        raise ValueError(f"{shown(value)} isn't {kind}")
    return url.geturl().rstrip("/")


def server_url(value: Any) -> str:
    """
    Return the URL of a repository of plugins.
    """
    return _split_url(value, ("http", "https"), "a URL of the form http://host[:port]/path").geturl()


def proxy_url(value: Any) -> str:
    """
    Return the URL of a proxy, without a path.  It may hold a password, so no mistake repeats it.
    """
    kind = "a URL of the form http://[user:password@]host[:port]"
    try:
        url = _split_url(value, ("http", "https", "ftp"), kind)
    except ValueError:
        raise ValueError(f"isn't {kind}") from None
    if url.path.strip("/") or url.query or url.fragment:
        raise ValueError(f"isn't {kind}")
    return url.geturl().rstrip("/")


def proxy_address(value: Any) -> str:
    """
    Return the address of a proxy for HTTPS: ``host:port``, without a scheme.
    """
    kind = "isn't of the form [user:password@]host:port"
    if not isinstance(value, str) or "://" in value:
        raise ValueError(kind)
    try:
        url = _split_url(f"http://{value}", ("http",), kind)
    except ValueError:
        raise ValueError(kind) from None
    if url.path or url.query or url.fragment:
        raise ValueError(kind)
    return value


def url_prefix(value: Any) -> str:
    """
    Return the path of an internal location of nginx, without a slash at its end.
    """
    found = text(value).rstrip("/")
    if not re.fullmatch(r"(?:/[\w.-]+)+", found, re.ASCII):
        raise ValueError(f"{shown(value)} isn't a path of the form /name")
    return found


def server_keys(value: Any) -> dict[str, bytes]:
    """
    Return plugin servers' Ed25519 keys, 32 bytes each, by URL ending in a slash; in the file a key is base64
    or hexadecimal.
    """
    if not isinstance(value, dict):
        raise ValueError(f"{shown(value)} isn't a map of server URLs to public keys")
    return {server_url(url).rstrip("/") + "/": _public_key(url, key) for url, key in value.items()}


def _public_key(url: str, value: Any) -> bytes:
    if isinstance(value, bytes):
        key = value
    else:
        try:
            key = bytes.fromhex(text(value)) if len(value) == 64 else base64.b64decode(value, validate=True)
        except (ValueError, TypeError, binascii.Error):
            key = b""
    if len(key) != 32:
        raise ValueError(f"the key of {shown(url)} isn't the 32 bytes of an Ed25519 public key")
    return key


def certificate_check(value: Any) -> bool | str:
    """
    Return whether to verify a neighbor's certificate, or the file of authorities to verify it with.
    """
    return value if isinstance(value, bool) else str(path(value))

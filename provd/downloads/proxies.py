"""
The proxies that are set, as administrators write them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from .authorization import basic

__all__ = ["BadProxy", "Proxy", "proxy_for"]

_PORT = 80
"""What a URL without a port means; so it always was for ``http://proxy``."""


class BadProxy(Exception):
    """
    A setting that names no proxy.
    """


@dataclass(frozen=True)
class Proxy:
    """
    An HTTP proxy.

    :ivar authorization: the ``Proxy-Authorization`` header, None to send none.
    """

    host: str
    port: int
    authorization: str | None = field(repr=False)


def proxy_for(scheme: str, proxies: Mapping[str, str]) -> Proxy | None:
    """
    Return the proxy for URLs of a scheme, None if they are fetched directly.

    :param proxies: ``[http://][user:password@]host[:port]`` by scheme.
    :raises BadProxy: if it isn't of that form.
    """
    setting = proxies.get(scheme)
    if not setting:
        return None
    kind, separator, rest = setting.partition("://")
    if not separator:
        kind, rest = "http", setting
    # Whatever a password holds: only the last @ ends it.
    identity, at, address = rest.rpartition("@")
    user, _, password = identity.partition(":")
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if kind.lower() != "http" or not host:
        raise BadProxy(f"the {scheme} proxy that is set isn't one")
    return Proxy(host, port or _PORT, basic(unquote(user), unquote(password)) if at else None)

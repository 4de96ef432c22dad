"""
The base URL that phones are given.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from provd.addresses import plain_address

from .local_addresses import first_global_address, is_local

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<v4>[0-9.]+))(?::(?P<port>[0-9]{1,5}))?", re.ASCII)


class PhoneURLs:
    """
    Where phones find this server: as the settings say, else where each phone reached it.

    :param advertised: the settings' URL, or None.
    :param port: the TCP port that phones use.
    """

    def __init__(
        self,
        advertised: str | None,
        port: int,
        own_address: Callable[[], str] = first_global_address,
        is_own: Callable[[str], bool] = is_local,
    ) -> None:
        self.advertised = advertised
        self._port = port
        self._own_address = own_address
        self._is_own = is_own
        self._seen: dict[str, str] = {}
        self._keys: dict[str, str] = {}

    def base_url(self, device_id: str | None = None) -> str:
        """
        Return a URL without a slash at its end: that of one device, or that of files common to all.
        """
        if self.advertised is not None:
            return self.advertised
        if device_id is not None and device_id in self._seen:
            return self._seen[device_id]
        return _url(self._own_address(), self._port)

    def saw(self, device_id: str, url: str | None) -> None:
        """
        Note where a device reached this server; it only serves the next rendering.
        """
        if url is not None and self._seen.get(device_id) != url:
            self._seen[device_id] = url

    def forget(self, device_id: str) -> None:
        """
        Forget a device that is gone.
        """
        self._seen.pop(device_id, None)
        self._keys.pop(device_id, None)

    def came_with_key(self, device_id: str, tenant: str | None) -> None:
        """
        Note under whose provisioning key a device is rendered from now on.
        """
        if tenant is not None:
            self._keys[device_id] = tenant

    def key_of(self, device_id: str) -> str | None:
        """
        Return the tenant under whose key a device was last rendered, since the daemon started.
        """
        return self._keys.get(device_id)

    def reached(self, local_address: str | None, host: str | None, proxied: bool, secure: bool) -> str | None:
        """
        Return the URL by which a request reached this server, or None if that can't be told.

        :param local_address: this end of the connection.
        :param host: the request's ``Host`` header, which counts only if it is an address of this machine, and
            a loopback one only where the request came to one.
        :param proxied: whether a trusted proxy forwarded the request: then this end of the connection is
            the proxy's concern, not the phone's.
        :param secure: whether the phone came by HTTPS.
        """
        local = None if proxied or local_address is None else _address(local_address)
        named = _named(host, 443 if secure else 80) if host else None
        if named is not None and self._counts(named.address, local):
            if proxied:
                return _url(named.address, named.port, "https" if secure else "http")
            local = named.address
        return None if local is None else _url(local, self._port)

    def _counts(self, named: _Address, local: _Address | None) -> bool:
        if named.is_loopback:
            return local is not None and local.is_loopback
        return self._is_own(str(named))


class _Named(NamedTuple):
    address: _Address
    port: int


def _address(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(plain_address(text))
    except ValueError:
        return None


def _named(host: str, usual_port: int) -> _Named | None:
    """
    Return the address and port that a ``Host`` header names; None if it names a host by name, or nothing.
    """
    match = _HOST.fullmatch(host)
    address = None if match is None else _address(match["v6"] or match["v4"])
    if match is None or address is None:
        return None
    port = int(match["port"] or usual_port)
    return _Named(address, port) if 0 < port < 65536 else None


def _url(address: object, port: int, scheme: str = "http") -> str:
    host = f"[{address}]" if ":" in str(address) else str(address)
    suffix = "" if port == {"http": 80, "https": 443}[scheme] else f":{port}"
    return f"{scheme}://{host}{suffix}"

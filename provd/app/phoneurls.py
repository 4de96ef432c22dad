"""
The base URL that phones are given.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from .local_addresses import first_global_address, is_local


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
        return self._url(self._own_address(), self._port)

    def saw(self, device_id: str, url: str | None) -> None:
        """
        Note where a device reached this server; it only serves the next rendering.
        """
        if url is not None and self._seen.get(device_id) != url:
            self._seen[device_id] = url

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
        :param host: the request's ``Host`` header, which counts only if it is an address of this machine.
        :param proxied: whether a trusted proxy forwarded the request: then this end of the connection is
            the proxy's concern, not the phone's.
        :param secure: whether the phone came by HTTPS.
        """
        named = self._named(host, proxied, secure) if host else None
        if named is not None or proxied or local_address is None:
            return named
        return self._url(local_address, self._port)

    def _named(self, host: str, proxied: bool, secure: bool) -> str | None:
        name, _, port = host.rpartition(":") if _has_port(host) else (host, "", "")
        address = name.strip("[]")
        try:
            ipaddress.ip_address(address)
            number = int(port) if port else (443 if secure else 80)
        except ValueError:
            return None
        if not 0 < number < 65536 or not self._is_own(address):
            return None
        if not proxied:
            number = self._port
        return self._url(address, number, "https" if secure else "http")

    @staticmethod
    def _url(address: str, port: int, scheme: str = "http") -> str:
        host = f"[{address}]" if ":" in address else address
        suffix = "" if port == {"http": 80, "https": 443}[scheme] else f":{port}"
        return f"{scheme}://{host}{suffix}"


def _has_port(host: str) -> bool:
    return host.rfind(":") > host.rfind("]") if host.startswith("[") else host.count(":") == 1

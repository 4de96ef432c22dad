"""
Requests of phones as extractors and updaters see them, and some as captured from real ones.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from twisted.web.http import parse_qs

from provd.http.arguments import Arguments
from provd.identification.requests import DHCPRequest
from provd.tftp.requests import TFTPRequest
from provd.tftp.wire import OP_RRQ

__all__ = ["CAPTURED", "HTTPRequest", "captured", "dhcp_request", "tftp_request"]

#: Name -> (path, User-Agent), each as phones of that model send it.
CAPTURED: dict[str, tuple[bytes, bytes]] = {
    "yealink-t46g": (b"/0015654aa937.cfg", b"Yealink SIP-T46G 28.83.0.120 00:15:65:4a:a9:37"),
    "snom-710": (
        b"/snom710.htm",
        b"Mozilla/4.0 (compatible; snom710-SIP 8.7.5.35 1.1.5-IFX-05.01.12 000413741767)",
    ),
    "polycom-vvx400": (
        b"/000000000000.cfg",
        b"FileTransport PolycomVVX-VVX_400-UA/4.1.4.7430 Type/Application",
    ),
    "aastra-57i": (b"/aastra.cfg", b"Aastra57i MAC:00-08-5D-1A-98-70 V:2.4.1.37-SIP"),
    "browser": (b"/", b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
}


class HTTPRequest:
    """
    As much of a ``twisted.web`` request as identification and plugins' extractors use.

    :param path: with its query, as sent.
    :param agent: the ``User-Agent``, or None if there is no such header.
    :param headers: further ones, by lower-case name.
    :param form: the body of a POST, ``application/x-www-form-urlencoded``.
    """

    def __init__(
        self,
        path: bytes = b"/",
        agent: bytes | None = None,
        address: str = "192.0.2.17",
        method: bytes = b"GET",
        headers: dict[bytes, bytes] | None = None,
        form: bytes = b"",
    ) -> None:
        self.method = method
        self.uri = path
        self.path, _, query = path.partition(b"?")
        self.args = Arguments()
        for part in (query, form if method == b"POST" else b""):
            for name, values in parse_qs(part, keep_blank_values=True).items():
                self.args.setdefault(name, []).extend(values)
        self.prepath: list[bytes] = []
        self.postpath = [unquote_to_bytes(segment) for segment in self.path[1:].split(b"/")]
        self.client_address = address
        self.num_http_proxies = 0
        self.prov_dev: dict[str, Any] | None = None
        self.tenant_uuid: str | None = None
        self._headers = dict(headers or {})
        if agent is not None:
            self._headers[b"user-agent"] = agent

    def getHeader(self, name: bytes | str) -> Any:
        """
        Return a header as bytes, or as text if asked by text; None if there is none.

        :raises UnicodeDecodeError: if it is asked by text and isn't UTF-8, as twisted.web does.
        """
        if isinstance(name, str):
            value = self._headers.get(name.lower().encode("latin-1"))
            return None if value is None else value.decode("utf-8")
        return self._headers.get(name.lower())

    def getClientIP(self) -> str:
        """
        Return the phone's address.
        """
        return self.client_address


def captured(name: str, address: str = "192.0.2.17") -> HTTPRequest:
    """
    Return a request of ``CAPTURED``.
    """
    path, agent = CAPTURED[name]
    return HTTPRequest(path, agent, address)


def tftp_request(filename: bytes, address: str = "192.0.2.17", port: int = 49152) -> TFTPRequest:
    """
    Return a read request for a file, in octet mode without options.
    """
    return {
        "address": (address, port),
        "local_address": None,
        "packet": {"opcode": OP_RRQ, "filename": filename, "mode": b"octet", "options": {}},
        "prov_dev": None,
    }


def dhcp_request(ip: str, mac: str, vendor_class: str | None = None) -> DHCPRequest:
    """
    Return a lease.

    :param ip, mac: normalized.
    :param vendor_class: the text of option 60.
    """
    return {"ip": ip, "mac": mac, "options": {} if vendor_class is None else {60: vendor_class}}

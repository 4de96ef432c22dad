"""
The UDP port from which requests are sent, and at which their responses come.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import Callable
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import CancelledError
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.threads import deferToThread

from provd.errors import InvalidSettings
from provd.settings.model import Sip
from provd.sip.messages import NotSIP, Response, parse_response
from provd.sip.transaction import NoResponse, Transaction

from .sip import CannotNotify

__all__ = ["SipPort", "host_in_uri"]

_COOKIE = "z9hG4bK"
_USUAL_PORT = 5060
_LONGEST_NAME = 253


class SipPort(Service, DatagramProtocol):
    """
    One socket: of IPv4, or where the interface is "::" of both kinds.
    """

    name = "SIP"

    def __init__(self, settings: Sip, reactor: Any) -> None:
        self._settings = settings
        self._reactor = reactor
        self._is_ipv6 = ":" in settings.listen_interface
        self._port: Any = None
        self._transactions: dict[str, Transaction] = {}

    @property
    def is_open(self) -> bool:
        """
        Whether anything can be sent.
        """
        return self._port is not None

    def startService(self) -> None:
        super().startService()
        where, port = self._settings.listen_interface, self._settings.port or 0
        try:
            self._port = self._reactor.listenUDP(port, self, interface=where, maxPacketSize=65536)
        except CannotListenError as error:
            problem = f"can't listen on {where} UDP port {port}: {error.socketError}"
            raise InvalidSettings({"sip.port": problem}) from error

    def stopService(self) -> Any:
        super().stopService()
        port, self._port = self._port, None
        for transaction in list(self._transactions.values()):
            transaction.stop()
        return None if port is None else port.stopListening()

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        try:
            response = parse_response(datagram)
        except NotSIP:
            return
        transaction = self._transactions.get(response.branch)
        if transaction is not None:  # else it is nobody's: none can be guessed
            transaction.received(response)

    async def request(self, host: str, port: int | None, write: Callable[[str, str], bytes]) -> Response:
        """
        Send a request until its final response comes, and return that.

        :param port: None for the usual one.
        :param write: returns the request, given the value of its ``Via`` and the daemon's own ``host:port``.
        :raises CannotNotify: if it can't be sent, or there is no response.
        """
        name = f"{host_in_uri(host)}:{port or _USUAL_PORT}"
        address = await self._address(host)
        if self._port is None:
            raise CannotNotify("the daemon's SIP port isn't open")
        branch = _COOKIE + secrets.token_hex(12)
        try:
            own = self._own(address, port or _USUAL_PORT)
            datagram = write(f"SIP/2.0/UDP {own};branch={branch};rport", own)
            transaction = self._transactions[branch] = Transaction(
                self._reactor,
                lambda: self._write(datagram, address, port or _USUAL_PORT),
                lambda: self._forget(branch),
            )
            transaction.start()
        except OSError as error:
            self._forget(branch)
            raise CannotNotify(f"nothing can be sent to {name}: {error.strerror or error}") from None
        except ValueError:
            raise CannotNotify("the account of the line can't stand in a SIP message") from None
        try:
            return await transaction.response
        except NoResponse:
            raise CannotNotify(f"no answer from {name}") from None
        except CancelledError:
            if self._port is None:
                raise CannotNotify("this daemon stops") from None
            transaction.stop()
            raise

    def _write(self, datagram: bytes, address: str, port: int) -> None:
        if self._port is not None:
            self._port.write(datagram, (address, port))

    def _forget(self, branch: str) -> None:
        self._transactions.pop(branch, None)

    async def _address(self, host: str) -> str:
        """
        Return the address of a host as the socket takes it.
        """
        try:
            found = str(ipaddress.ip_address(host.strip("[]")))
        except ValueError:
            family = socket.AF_UNSPEC if self._is_ipv6 else socket.AF_INET
            if len(host) > _LONGEST_NAME or not host.isprintable():
                raise CannotNotify("the host of the line's registrar isn't one") from None
            try:
                answers = await deferToThread(socket.getaddrinfo, host, None, family, socket.SOCK_DGRAM)
            except (OSError, UnicodeError):
                raise CannotNotify(f"no such host: {host}") from None
            found = str(answers[0][4][0])
        if not self._is_ipv6:
            if ":" in found:
                raise CannotNotify(f'{host} is an IPv6 address, and sip.listen_interface isn\'t "::"')
            return found
        return found if ":" in found else f"::ffff:{found}"

    def _own(self, address: str, port: int) -> str:
        """
        Return ``host:port`` at which an address reaches the daemon.
        """
        host = self._settings.advertised_host
        if host is None:
            with socket.socket(
                socket.AF_INET6 if self._is_ipv6 else socket.AF_INET, socket.SOCK_DGRAM
            ) as probe:
                if self._settings.listen_interface not in ("0.0.0.0", "::"):
                    probe.bind((self._settings.listen_interface, 0))
                probe.connect((address, port))  # sends nothing
                host = probe.getsockname()[0].removeprefix("::ffff:").partition("%")[0]
        return f"{host_in_uri(host)}:{self._port.getHost().port}"


def host_in_uri(host: str) -> str:
    """
    Return a host as it stands in a URI.
    """
    return f"[{host}]" if ":" in host and not host.startswith("[") else host

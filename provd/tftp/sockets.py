"""
UDP sockets that know which address of this machine was asked, and answer from it.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import struct
from dataclasses import dataclass

from provd.addresses import plain_address

# Not in Python 3.11's socket module; Linux: include/uapi/linux/in.h, asm-generic/socket.h.
_IP_PKTINFO = 8
_IP_MTU_DISCOVER = 10
_IP_PMTUDISC_DONT = 0
_SO_RCVBUFFORCE = 33

_PKTINFO4 = struct.Struct("=i4s4s")  # interface, local address, destination
_PKTINFO6 = struct.Struct("=16si")  # destination, interface
_ANCILLARY = socket.CMSG_SPACE(max(_PKTINFO4.size, _PKTINFO6.size))
_V4_MAPPED = b"\x00" * 10 + b"\xff\xff"

#: Requests are shorter than 512 bytes (RFC 2347); a datagram that doesn't fit is cut.
_LONGEST_REQUEST = 2048
#: Some thousand requests, as all phones of a site start at once after a power cut.
_RECEIVE_BUFFER = 4 * 1024 * 1024

#: Errors that a later try may not meet: full buffers, a route or neighbor that comes back, a firewall's no.
TRANSIENT = frozenset(
    [
        errno.EAGAIN,
        errno.EINTR,
        errno.ENOBUFS,
        errno.ENOMEM,
        errno.EPERM,
        errno.ENETUNREACH,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.ECONNREFUSED,
    ]
)

SocketAddress = tuple[str, int] | tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Caller:
    """
    Where a datagram came from.

    :param sockaddr: to answer to; an IPv4 peer of an IPv6 socket has turned IPv4 here.
    :param local: the address of this machine that it was sent to, or None if the system doesn't tell.
    """

    sockaddr: SocketAddress
    local: str | None

    @property
    def address(self) -> str:
        """
        The IP address, as provd compares and logs it.
        """
        return self.sockaddr[0]

    @property
    def port(self) -> int:
        """
        The UDP port.
        """
        return self.sockaddr[1]


def bind_listening(interface: str, port: int) -> socket.socket:
    """
    Return a socket bound to an address of this machine.

    :param interface: ``0.0.0.0`` or empty for all IPv4 addresses, ``::`` for all of both families.
    :raises OSError: if the port is in use, or not allowed.
    """
    version6 = ":" in interface
    listening = socket.socket(socket.AF_INET6 if version6 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        if version6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        where = socket.getaddrinfo(
            interface or "0.0.0.0", port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
        )
        listening.bind(where[0][4])
    except OSError:
        listening.close()
        raise
    return listening


def prepare_listening(listening: socket.socket) -> None:
    """
    Make a bound socket, perhaps one that somebody else opened, ready for :func:`receive_request`.
    """
    listening.setblocking(False)
    if listening.family == socket.AF_INET6:
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    else:
        listening.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    try:
        listening.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER)
    except PermissionError:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)


def receive_request(listening: socket.socket) -> tuple[bytes, Caller]:
    """
    Return the next datagram and its sender.

    :raises BlockingIOError: if there is none.
    """
    datagram, ancillary, _, sockaddr = listening.recvmsg(_LONGEST_REQUEST, _ANCILLARY)
    local = None
    for level, kind, data in ancillary:
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO:
            local = socket.inet_ntoa(_PKTINFO4.unpack(data[: _PKTINFO4.size])[1])
        elif level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
            local = _text6(_PKTINFO6.unpack(data[: _PKTINFO6.size])[0])
    return datagram, Caller(_plain(sockaddr), local)


def answer(listening: socket.socket, datagram: bytes, caller: Caller) -> None:
    """
    Send a datagram from the listening port and the address that the caller asked.  One that can't be sent
    is lost, as datagrams may be.
    """
    with contextlib.suppress(OSError):
        sockaddr = caller.sockaddr
        if listening.family == socket.AF_INET6 and len(sockaddr) == 2:
            sockaddr = ("::ffff:" + sockaddr[0], sockaddr[1], 0, 0)
        listening.sendmsg([datagram], _source(listening.family, caller.local), 0, sockaddr)


def _source(family: int, local: str | None) -> list[tuple[int, int, bytes]]:
    if local is None:
        return []
    if family == socket.AF_INET6:
        packed = ipaddress.ip_address(local).packed
        if len(packed) == 4:
            packed = _V4_MAPPED + packed
        return [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, _PKTINFO6.pack(packed, 0))]
    return [(socket.IPPROTO_IP, _IP_PKTINFO, _PKTINFO4.pack(0, socket.inet_aton(local), b"\x00" * 4))]


def transfer_socket(caller: Caller) -> socket.socket:
    """
    Return a socket on a port of its own and the address that the caller asked.  It isn't connected: a
    stranger's datagram must be seen, to be answered with error 5 (RFC 1350, 4).

    :raises OSError: if there are no descriptors or ports left.
    """
    version6 = len(caller.sockaddr) == 4
    sending = socket.socket(socket.AF_INET6 if version6 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sending.setblocking(False)
        if not version6:
            # Large blocks and narrow tunnels: let routers cut the datagrams rather than drop them.
            sending.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _IP_PMTUDISC_DONT)
        try:
            sending.bind(_bindable(caller))
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            sending.bind(("::" if version6 else "0.0.0.0", 0))
    except OSError:
        sending.close()
        raise
    return sending


def _bindable(caller: Caller) -> SocketAddress:
    if len(caller.sockaddr) == 2:
        return (caller.local or "0.0.0.0", 0)
    return (caller.local or "::", 0, 0, caller.sockaddr[3])


def _plain(sockaddr: SocketAddress) -> SocketAddress:
    if len(sockaddr) == 2:
        return sockaddr
    if sockaddr[0].startswith("::ffff:"):
        return (plain_address(sockaddr[0]), sockaddr[1])
    return (sockaddr[0], sockaddr[1], 0, sockaddr[3])


def _text6(packed: bytes) -> str:
    if packed[:12] == _V4_MAPPED:
        return socket.inet_ntoa(packed[12:])
    return socket.inet_ntop(socket.AF_INET6, packed)

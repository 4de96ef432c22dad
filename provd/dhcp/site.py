"""
The network that a DHCP server is to serve.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

__all__ = ["Site", "site_of"]

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)
_INTERFACE = re.compile(r"[A-Za-z0-9_.@-]{1,15}", re.ASCII)
_PATH = re.compile(r"/[A-Za-z0-9_./+-]+", re.ASCII)
_YEAR = 365 * 86400
T = TypeVar("T")


@dataclass(frozen=True)
class Site:
    """
    One subnet; see :func:`site_of`.

    :param lease: seconds.
    :param hook: the program that is told of leases; None tells nobody.
    """

    subnet: ipaddress.IPv4Network
    first: ipaddress.IPv4Address
    last: ipaddress.IPv4Address
    router: ipaddress.IPv4Address
    dns: tuple[ipaddress.IPv4Address, ...] = ()
    ntp: tuple[ipaddress.IPv4Address, ...] = ()
    domain: str | None = None
    lease: int = 43200
    phones_only: bool = False
    interface: str | None = None
    hook: str | None = None


@dataclass
class _Reading:
    mistakes: list[str] = field(default_factory=list)

    def of(self, what: str, text: str, read: Callable[[str], T], noun: str) -> T | None:
        try:
            return read(text)
        except ValueError:
            self.mistakes.append(f"{what}: {text!r} isn't {noun}")
            return None

    def matching(self, what: str, text: str | None, pattern: re.Pattern[str], noun: str) -> str | None:
        if text is not None and not pattern.fullmatch(text):
            self.mistakes.append(f"{what}: {text!r} isn't {noun}")
        return text


def site_of(
    subnet: str,
    addresses: str,
    router: str,
    *,
    dns: Sequence[str] = (),
    ntp: Sequence[str] = (),
    domain: str | None = None,
    lease: int = 43200,
    phones_only: bool = False,
    interface: str | None = None,
    hook: str | None = None,
) -> Site:
    """
    Return a site that makes sense.

    :param subnet: ``192.0.2.0/24``.
    :param addresses: the first and the last one to be given, ``192.0.2.100-192.0.2.199``.
    :param lease: seconds, 60 to a year.
    :raises ValueError: naming all that is wrong.
    """
    reading = _Reading()
    address, noun = ipaddress.IPv4Address, "an IPv4 address"
    network = reading.of("--subnet", subnet, ipaddress.IPv4Network, "an IPv4 network such as 192.0.2.0/24")
    texts = addresses.split("-")
    if len(texts) != 2:
        reading.mistakes.append(f"--range: {addresses!r} isn't two addresses, 192.0.2.100-192.0.2.199")
        texts = []
    ends = [reading.of("--range", text.strip(), address, noun) for text in texts]
    gateway = reading.of("--router", router, address, noun)
    servers = [reading.of("--dns", text, address, noun) for text in dns]
    clocks = [reading.of("--ntp", text, address, noun) for text in ntp]
    reading.matching("--domain", domain, _NAME, "a domain name")
    reading.matching("--interface", interface, _INTERFACE, "an interface's name")
    reading.matching("--hook", hook, _PATH, "an absolute path of letters, digits and _ . + -")
    if not 60 <= lease <= _YEAR:
        reading.mistakes.append("--lease-time: is 60 seconds to a year")
    first, last = ends if len(ends) == 2 else (None, None)
    if network is not None:
        _check_network(network, first, last, gateway, reading.mistakes)
    if reading.mistakes or network is None or first is None or last is None or gateway is None:
        raise ValueError("; ".join(reading.mistakes))
    return Site(
        network,
        first,
        last,
        gateway,
        tuple(server for server in servers if server is not None),
        tuple(clock for clock in clocks if clock is not None),
        domain,
        lease,
        phones_only,
        interface,
        hook,
    )


def _check_network(
    network: ipaddress.IPv4Network,
    first: ipaddress.IPv4Address | None,
    last: ipaddress.IPv4Address | None,
    router: ipaddress.IPv4Address | None,
    mistakes: list[str],
) -> None:
    if network.prefixlen > 30:
        mistakes.append(f"--subnet: {network} has no room for phones")
        return
    outside = {network.network_address, network.broadcast_address}
    for what, each in (("--range", first), ("--range", last), ("--router", router)):
        if each is not None and (each not in network or each in outside):
            mistakes.append(f"{what}: {each} can't be a host of {network}")
    if first is not None and last is not None:
        if first > last:
            mistakes.append(f"--range: {first} comes after {last}")
        elif router is not None and first <= router <= last:
            mistakes.append(f"--range: has the router's address {router}")

"""
Which of the phones that are registered is the one that is meant: the one whose ``User-Agent`` tells its MAC
address, else the one at its address, if there is no doubt.  A phone that might be another's is never taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from provd.addresses import macs_in, plain_address

from .phone import Phone, is_autoprov
from .sip import CannotNotify, NotRegistered

__all__ = ["Contact", "Registered", "among_all", "of_endpoint"]

_HOST = re.compile(r"(?:^sips?:(?:[^@]*@)?|;x-ast-orig-host=)(\[[^\]]*\]|[^:;>?]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Contact:
    """
    A place where a phone has registered to be reached.

    :ivar endpoint: its account.
    :ivar uri: where requests for it are sent; behind NAT, the binding there.
    :ivar via: the host that the phone itself knows as its own.
    :ivar path: of the proxies through which it has registered (RFC 3327), empty for none.
    """

    endpoint: str
    uri: str
    user_agent: str = ""
    via: str = ""
    path: str = ""

    @cached_property
    def macs(self) -> frozenset[str]:
        """
        The MAC addresses that its ``User-Agent`` tells.
        """
        return frozenset(macs_in(self.user_agent))

    def tells(self, mac: str | None) -> bool:
        """
        Tell whether its ``User-Agent`` tells that MAC address.
        """
        return mac is not None and mac in self.macs

    def is_at(self, address: str | None) -> bool:
        """
        Tell whether the phone is at that address, on either side of a NAT.
        """
        return address is not None and address in self.hosts

    def is_without_nat_at(self, address: str | None) -> bool:
        """
        Tell whether the phone itself has that address.
        """
        return address is not None and _address(self.via) == address

    @cached_property
    def hosts(self) -> frozenset[str]:
        """
        The addresses, and names, on either side of a NAT.
        """
        found = {self.via, *_HOST.findall(self.uri)}
        return frozenset(_address(host) for host in found if host)


class Registered:
    """
    All contacts there are, found by what tells whose they are: thousands of phones may be looked for in one
    turn, and each would look at all of them.
    """

    def __init__(self) -> None:
        self._by_endpoint: dict[str, list[Contact]] = {}
        self._by_mac: dict[str, list[Contact]] = {}
        self._by_host: dict[str, list[Contact]] = {}

    def add(self, contact: Contact) -> None:
        """
        Add one.
        """
        self._by_endpoint.setdefault(contact.endpoint, []).append(contact)
        for mac in contact.macs:
            self._by_mac.setdefault(mac, []).append(contact)
        for host in contact.hosts:
            self._by_host.setdefault(host, []).append(contact)

    def of(self, endpoint: str) -> list[Contact]:
        """
        Return those of an endpoint.
        """
        return self._by_endpoint.get(endpoint, [])

    def telling(self, mac: str | None) -> list[Contact]:
        """
        Return those whose ``User-Agent`` tells a MAC address.
        """
        return [] if mac is None else self._by_mac.get(mac, [])

    def at(self, address: str | None) -> list[Contact]:
        """
        Return those at an address, on either side of a NAT.
        """
        return [] if address is None else self._by_host.get(address, [])


def of_endpoint(
    phone: Phone,
    contacts: Sequence[Contact],
    is_anothers: Callable[[str], bool],
    is_shared: bool,
    has_rivals: bool,
) -> list[Contact]:
    """
    Return which of the contacts of its own endpoint a phone has: several of one phone that has moved and
    whose former registration hasn't run out.

    :param is_anothers: tells whether a MAC address is on record, for another device.
    :param is_shared: whether other devices on record have the phone's address.
    :param has_rivals: whether other devices on record were last seen with that endpoint.
    :raises NotRegistered: if none can be the phone's.
    :raises CannotNotify: if it can't be told which.
    """
    if own := [contact for contact in contacts if contact.tells(phone.mac)]:
        return own
    possible = [contact for contact in contacts if not any(map(is_anothers, contact.macs))]
    if len(possible) == 1 and not has_rivals:
        return possible
    there = [contact for contact in possible if contact.is_at(phone.ip)]
    if not there:
        raise NotRegistered(f"the phone isn't registered as {phone.endpoint}")
    if len(there) > 1 or is_shared:
        raise CannotNotify(
            f"several phones are registered as {phone.endpoint}, and neither a MAC address in their "
            "User-Agent nor their address tells which is meant"
        )
    return there


def among_all(
    phone: Phone,
    registered: Registered,
    is_anothers: Callable[[str], bool],
    is_anothers_endpoint: Callable[[str], bool],
    is_shared: bool,
) -> list[Contact]:
    """
    Return which of all contacts a phone has whose own endpoint, if it has one, has no contact: what names its
    MAC address; else the only one at its address that has the account of unclaimed phones; else the only one
    there at all, if there is no NAT and its account is no other phone's, as that of a second line is.

    :param is_anothers_endpoint: tells whether another device was last seen with an endpoint of its own.
    :returns: contacts of one endpoint; none if no phone is registered at its address.
    :raises CannotNotify: if it can't be told which, or the only phones there are others.
    """
    if own := registered.telling(phone.mac):
        return [contact for contact in own if contact.endpoint == own[0].endpoint]
    there = registered.at(phone.ip)
    free = [contact for contact in there if not any(map(is_anothers, contact.macs))]
    possible = [contact for contact in free if _may_be_unclaimed(phone, contact.endpoint)]
    if not possible and len(there) == 1:
        possible = [
            contact
            for contact in free
            if contact.is_without_nat_at(phone.ip)
            and not is_autoprov(contact.endpoint)
            and not is_anothers_endpoint(contact.endpoint)
        ]
    if len(possible) == 1 and not is_shared:
        return possible
    if possible:
        why = "other devices have that address" if is_shared else f"there are {len(possible)}"
        raise CannotNotify(
            f"it can't be told which phone that is registered from {phone.ip} is meant: {why}, and no "
            "User-Agent tells its MAC address"
        )
    if there:
        raise CannotNotify(f"another phone is registered from {phone.ip}")
    return []


def _may_be_unclaimed(phone: Phone, endpoint: str) -> bool:
    # A phone may have lost the account with which it was last seen; one that never was may have any.
    known = phone.endpoint if phone.own_endpoint is None else None
    return is_autoprov(endpoint) and known in (None, endpoint)


def _address(host: str) -> str:
    try:
        return plain_address(host.strip("[]"))
    except ValueError:
        return host.lower()

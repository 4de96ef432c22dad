"""
Answers subscriptions, as long as they come from the network that they were heard in, and at a bounded rate.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from ipaddress import IPv4Address
from typing import Protocol

from twisted.internet.defer import CancelledError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from provd.loglimits import LineLimiter
from provd.sip.messages import NotSIP, parse_response
from provd.sip.transaction import T1, NoResponse, Transaction
from provd.waiting import run_unawaited

from .links import Link
from .subscription import PORT, Subscription, accepted, notification, parse_subscription

__all__ = ["Answering", "Identify"]

Identify = Callable[[Subscription, str, Link], Awaitable[str | None]]
"""Given a subscription, the address that it came from and the link, returns the URL, None for no answer."""

_COOKIE = "z9hG4bK"
_HOST = re.compile(r"sip:(?:[^@]*@)?([0-9.]{7,15})(?::([0-9]{1,5}))?(?=[;?>]|$)", re.ASCII | re.IGNORECASE)
_SENT_BY = re.compile(r"SIP\s*/\s*2\.0\s*/\s*UDP\s+[^\s:;,]+(?::([0-9]{1,5}))?", re.ASCII | re.IGNORECASE)
_RPORT = re.compile(r";\s*rport\b", re.IGNORECASE)
# A phone asks a few times while it boots; a site of 1,000 phones may boot in a minute.
_EACH_MINUTE, _IN_ALL = 20, 3000
_MOST_WAITING = 1000


class Wire(Protocol):
    """
    The socket from which a link's phones are answered.
    """

    link: Link

    def own(self) -> str:
        """
        Return its ``host:port``.
        """

    def write(self, datagram: bytes, target: tuple[str, int]) -> None: ...


class Answering:
    """
    :ivar answered: how many phones were told a URL.
    """

    _log = Logger()

    def __init__(self, identify: Identify, clock: IReactorTime) -> None:
        self.answered = 0
        self._identify = identify
        self._clock = clock
        self._limiter = LineLimiter(clock, self._left_out, _EACH_MINUTE, _IN_ALL)
        # What was answered to a request by its sender and branch; None while that isn't known.
        self._answers: dict[tuple[str, int, str], bytes | None] = {}
        self._transactions: dict[str, Transaction] = {}

    def stop(self) -> None:
        """
        Let go of everything.
        """
        self._limiter.finish()
        for transaction in list(self._transactions.values()):
            transaction.stop()

    def asked(self, datagram: bytes, source: tuple[str, int], wire: Wire) -> None:
        """
        Take what has come for the group.
        """
        try:
            subscription = parse_subscription(datagram)
        except NotSIP:
            return
        if not _is_neighbor(source[0], wire.link):
            return
        name = (*source, subscription.request.branch)
        if name in self._answers:  # it was sent again
            answer = self._answers[name]
            if answer is not None:
                wire.write(answer, _reply_to(subscription, source))
            return
        if len(self._answers) >= _MOST_WAITING or not self._limiter.allows(source[0]):
            return
        self._answers[name] = None
        run_unawaited(self._answer(subscription, source, wire, name))

    def heard(self, datagram: bytes) -> None:
        """
        Take what has come for the server itself: answers to its notifications.
        """
        try:
            response = parse_response(datagram)
        except NotSIP:
            return
        transaction = self._transactions.get(response.branch)
        if transaction is not None:
            transaction.received(response)

    async def _answer(
        self, subscription: Subscription, source: tuple[str, int], wire: Wire, name: tuple[str, int, str]
    ) -> None:
        try:
            url = await self._identify(subscription, source[0], wire.link)
            if url is None:
                del self._answers[name]
                return
            tag = secrets.token_hex(8)
            answer = accepted(subscription, wire.own(), tag, source)
            self._answers[name] = answer
            self._clock.callLater(64 * T1, self._answers.pop, name, None)
            wire.write(answer, _reply_to(subscription, source))
            await self._notify(subscription, source, wire, tag, url)
        except (ValueError, OSError) as error:  # of a message that can't be written, or sent
            self._log.debug("{ip} can't be answered: {why}", ip=source[0], why=type(error).__name__)
        except Exception:
            self._answers.pop(name, None)
            self._log.failure("a subscription could not be answered", stranger=source[0])

    async def _notify(
        self, subscription: Subscription, source: tuple[str, int], wire: Wire, tag: str, url: str
    ) -> None:
        branch = _COOKIE + secrets.token_hex(12)
        target = _contact(subscription, source)
        uri = f"sip:{target[0]}:{target[1]}"
        datagram = notification(subscription, wire.own(), tag, branch, uri, url)
        transaction = self._transactions[branch] = Transaction(
            self._clock,
            lambda: wire.write(datagram, target),
            lambda: self._forget(branch),
        )
        transaction.start()
        with suppress(NoResponse, CancelledError):
            response = await transaction.response
            if response.status < 300:
                self.answered += 1

    def _forget(self, branch: str) -> None:
        self._transactions.pop(branch, None)

    def _left_out(self, count: int) -> None:
        self._log.warn("{count} subscriptions of phones were too many to be answered", count=count)


def _is_neighbor(address: str, link: Link) -> bool:
    """
    Tell whether an address is another host's of the link's network: what says to be from elsewhere is forged,
    and an answer would hit somebody else.
    """
    network = link.network
    nobody = {link.address, str(network.network_address), str(network.broadcast_address)}
    return address not in nobody and IPv4Address(address) in network


def _reply_to(subscription: Subscription, source: tuple[str, int]) -> tuple[str, int]:
    """
    Return where a response goes (RFC 3261, 18.2.2; RFC 3581, 4).
    """
    via = subscription.request.all("via")[0].partition(",")[0]
    sent_by = _SENT_BY.match(via)
    if _RPORT.search(via) or sent_by is None:
        return source
    return source[0], _port(sent_by[1])


def _contact(subscription: Subscription, source: tuple[str, int]) -> tuple[str, int]:
    """
    Return where the notification goes: to the port that the phone names, never to another host.
    """
    match = _HOST.match(subscription.contact or "")
    return (source[0], _port(match[2])) if match is not None and match[1] == source[0] else source


def _port(text: str | None) -> int:
    port = int(text or PORT)
    return port if 0 < port < 65536 else PORT

"""
What the ways of sending a NOTIFY have in common.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .phone import Phone
from .sip import CannotNotify

__all__ = ["Notify", "Record", "Way", "notify_of", "refuse_rivals"]

_NAME = re.compile(r"[A-Za-z0-9!%*_+`'~.-]+", re.ASCII)  # a token of RFC 3261
_OURS = frozenset(
    {"call-id", "contact", "cseq", "from", "record-route", "route", "to", "via", "max-forwards"}
)
_LONGEST = 8192


@dataclass(frozen=True)
class Notify:
    """
    What to send.

    :ivar variables: names and values of headers beside ``Event``, and of lines of the body, in order.
    """

    event: str
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """
        The headers alone.
        """
        return [(name, value) for name, value in self.variables if name.lower() != "content"]

    @property
    def body(self) -> str:
        """
        The lines of the body, whose type stands among the headers.
        """
        return "\r\n".join(value for name, value in self.variables if name.lower() == "content")


def notify_of(event: str, extra_vars: Sequence[str] | None) -> Notify:
    """
    Return what a plugin wants to send.

    :raises CannotNotify: if it isn't text that can stand in a message, or a header that is ours to write.
    """
    variables = []
    for text in extra_vars or ():
        name, equals, value = text.partition("=") if isinstance(text, str) else ("", "", "")
        if not equals or not _NAME.fullmatch(name) or not _is_line(value):
            raise CannotNotify("the plugin gives something that isn't Name=value on one line")
        if name.lower() in _OURS or name.lower() == "event":
            raise CannotNotify(f"the plugin gives the header {name}, which isn't its to write")
        if name.lower() != "content-length":  # it is counted, whatever a plugin says
            variables.append((name, value))
    if not event or not _is_line(event):
        raise CannotNotify("the plugin gives no event on one line")
    if len(event) + sum(len(name) + len(value) for name, value in variables) > _LONGEST:
        raise CannotNotify(f"the plugin gives more than {_LONGEST} characters")
    return Notify(event, tuple(variables))


def _is_line(text: object) -> bool:
    return isinstance(text, str) and not re.search(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]", text)


class Record(Protocol):
    """
    What the devices on record tell of an address and an endpoint.
    """

    def is_anothers(self, phone: Phone, mac: str) -> bool:
        """
        Tell whether a device that isn't this phone has that MAC address.
        """

    def is_anothers_endpoint(self, phone: Phone, endpoint: str) -> bool:
        """
        Tell whether a device that isn't this phone was last seen with that endpoint.
        """

    def sharers(self, phone: Phone) -> int:
        """
        Return how many other devices have the phone's address.
        """

    def has_rivals(self, phone: Phone) -> bool:
        """
        Tell whether another device was last seen with the phone's endpoint, and has no less of a right to it.
        """


class Way(Protocol):
    """
    A way of sending.  All methods raise :class:`CannotNotify` if the phone could not be asked.
    """

    def health(self) -> dict[str, str]:
        """
        Return ``status`` (``ok`` or ``fail``), and ``why`` where it fails.
        """

    async def to_endpoint(self, phone: Phone, notify: Notify) -> None:
        """
        Notify a phone by its own endpoint.

        :raises NotRegistered: if it can be told that the phone isn't registered.
        """

    async def to_contact(self, phone: Phone, notify: Notify) -> bool:
        """
        Notify a phone whose endpoint tells nothing, where it is registered; return whether that was found.
        """

    async def to_peer(self, endpoint: str, notify: Notify) -> None:
        """
        Notify all phones that are registered for an endpoint.
        """

    async def to_address(self, phone: Phone, ip: str, notify: Notify) -> None:
        """
        Notify a phone at its address.
        """


def refuse_rivals(record: Record, phone: Phone) -> None:
    """
    Refuse an endpoint that may be another phone's, where it can't be told who is registered for it.
    """
    if record.has_rivals(phone):
        raise CannotNotify(f"other devices were last seen as {phone.endpoint}, too: they might be notified")

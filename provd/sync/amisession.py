"""
One connection to Asterisk's manager port: actions out, answers matched to them by their ``ActionID``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from provd.downloads.failures import told

from .amimessages import AMIError, Message, MessageParser, written
from .asterisk import SaidNo

__all__ = ["Session", "SessionEnded"]

_BANNER = "Asterisk Call Manager"
_LONGEST = 200


class SessionEnded(Exception):
    """
    The connection is gone; the text says why.
    """


@dataclass
class _Pending:
    action: str
    answer: Deferred[list[Message]]
    messages: list[Message] = field(default_factory=list)


class Session(Protocol):
    """
    :ivar lost: fires with the reason once the connection is gone.
    """

    def __init__(self) -> None:
        self.lost: Deferred[str] = Deferred()
        self._parser = MessageParser()
        self._pending: dict[str, _Pending] = {}
        self._ids = count(1)
        self._why = ""

    def ask(self, action: str, fields: Sequence[tuple[str, str]]) -> Deferred[list[Message]]:
        """
        Send an action; the Deferred fires with its answer, and the events of the list if it begins one.

        It fails with :class:`SaidNo` or :class:`SessionEnded`, or if the action can't be written with
        :class:`AMIError`.  One that is cancelled isn't waited for any longer.
        """
        if self.lost.called or not self.connected:
            return fail(SessionEnded(self._why or "not connected"))
        name = f"provd-{next(self._ids)}"
        try:
            data = written(action, [("ActionID", name), *fields])
        except AMIError as error:
            return fail(error)

        def forget(_answer: Deferred[list[Message]]) -> None:
            self._pending.pop(name, None)

        answer: Deferred[list[Message]] = Deferred(forget)
        self._pending[name] = _Pending(action, answer)
        self.transport.write(data)  # type: ignore[union-attr]  # it is connected
        return answer

    def close(self, why: str = "closed") -> None:
        """
        Hang up, if that hasn't happened.
        """
        self._why = self._why or why
        if self.connected and self.transport is not None:
            self.transport.abortConnection()  # type: ignore[attr-defined]  # TCP and TLS have it

    def dataReceived(self, data: bytes) -> None:
        try:
            messages = self._parser.feed(data)
        except AMIError as error:
            self.close(f"not understood: {error}")
            return
        if self._parser.banner is not None and not self._parser.banner.startswith(_BANNER):
            self.close("what answers there isn't Asterisk's manager")
            return
        for message in messages:
            self._take(message)

    def _take(self, message: Message) -> None:
        name = message.get("actionid")
        pending = self._pending.get(name)
        if pending is None:  # an event that nobody asked for, or an answer that nobody waits for any longer
            return
        pending.messages.append(message)
        if message.get("response") == "Error":
            del self._pending[name]
            pending.answer.errback(SaidNo(pending.action, message.get("message")[:_LONGEST] or "no reason"))
        elif _is_last(message):
            del self._pending[name]
            pending.answer.callback(pending.messages)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._why = self._why or told(reason.value or ConnectionDone())
        pending, self._pending = self._pending, {}
        self.lost.callback(self._why)  # before those who then look for another connection
        for each in pending.values():
            each.answer.errback(SessionEnded(self._why))


def _is_last(message: Message) -> bool:
    """
    Tell whether nothing follows: lists begin with ``EventList: start`` and end with ``EventList: Complete``.
    """
    part_of_list = message.get("eventlist").lower()
    return part_of_list != "start" if message.get("response") else part_of_list != ""

"""
Bytes <-> messages of Asterisk's manager interface: lines of ``Name: value``, ended by an empty one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["AMIError", "Message", "MessageParser", "written"]

_LONGEST_LINE = 64 << 10
_MOST_LINES = 2000


class AMIError(ValueError):
    """
    What comes isn't, or can't be, a message of a manager.
    """


class Message:
    """
    One message, by its names in lower case; where a name comes several times, the first counts.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def get(self, name: str) -> str:
        """
        Return the value of a field, empty if there is none.
        """
        return self._fields.get(name, "")

    def __repr__(self) -> str:  # the list of an endpoint's parts tells its password
        return f"<Message {self.get('response') or self.get('event')}>"


class MessageParser:
    """
    Takes bytes as they come, returns messages when they are whole.

    :ivar banner: the first line, by which a manager introduces itself; None while it hasn't come.
    """

    def __init__(self) -> None:
        self.banner: str | None = None
        self._rest = b""
        self._lines: list[bytes] = []

    def feed(self, data: bytes) -> list[Message]:
        """
        Return the messages that end in ``data``.

        :raises AMIError: if a line or a message has no end.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST_LINE or any(len(line) > _LONGEST_LINE for line in lines):
            raise AMIError("a line is too long")
        found = []
        for line in lines:
            line = line.rstrip(b"\r")
            if self.banner is None:
                self.banner = line.decode("utf-8", "replace")
            elif line:
                self._lines.append(line)
                if len(self._lines) > _MOST_LINES:
                    raise AMIError("a message is too long")
            elif self._lines:
                found.append(_message(self._lines))
                self._lines = []
        return found


def _message(lines: Iterable[bytes]) -> Message:
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return Message(fields)


def written(action: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """
    Return an action as it is sent.

    :raises AMIError: if a text would begin another line.
    """
    lines = [f"{name}: {value}" for name, value in (("Action", action), *fields)]
    if any(character in line for line in lines for character in "\r\n\0"):
        raise AMIError("a value of several lines")
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("utf-8", "replace")

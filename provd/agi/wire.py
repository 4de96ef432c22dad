"""
The lines of an AGI session: what Asterisk tells when it connects, commands to it, and its replies.

Asterisk's own documentation (Asterisk Gateway Interface) and ``res_agi.c`` of Asterisk 22.10 are followed:
UTF-8 lines that end in ``\\n``; each side speaks in turn, but for ``HANGUP``, which comes at any time.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from provd.errors import ProvdError

__all__ = ["Environment", "NotAGI", "Replies", "Reply", "command"]

_NAME = re.compile(r"agi_[a-z0-9_]{1,60}", re.ASCII)
_REPLY = re.compile(r"([1-9][0-9]{2})([ -]?)(.*)", re.ASCII | re.DOTALL)
_RESULT = re.compile(r"result=(-?[0-9]{1,9})(?![^\s(])", re.ASCII)
_HANGUP = "HANGUP"


class NotAGI(ProvdError):
    """
    What the other side says isn't AGI.
    """


class Environment:
    """
    What Asterisk tells of a call before anything else: ``agi_channel: PJSIP/phone1-00000001``, one line for
    each variable, then an empty one.

    :ivar values: by name, without ``agi_``.
    """

    MOST = 150
    """Variables: Asterisk has some 25, and hands on up to 128 arguments."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._lines = 0

    def __repr__(self) -> str:
        return f"<Environment of {len(self.values)} variables>"  # the arguments may be secret

    def line(self, text: str) -> bool:
        """
        Take a line, without its end; return whether it was the last.

        :raises NotAGI: if it is neither a variable nor empty, or one too many.
        """
        if not text:
            if "request" not in self.values:
                raise NotAGI("no request")
            return True
        name, separator, value = text.partition(":")
        self._lines += 1
        if not separator or not _NAME.fullmatch(name) or self._lines > self.MOST:
            raise NotAGI("no variable of AGI")
        self.values[name.removeprefix("agi_")] = value.strip()
        return False

    @property
    def script(self) -> str:
        """
        What is asked for: ``provision`` of ``agi://127.0.0.1:4573/provision``.
        """
        name = self.values.get("network_script")
        if name is None:
            name = self.values["request"].partition("://")[2].partition("/")[2]
        return name.partition("?")[0].strip("/")

    @property
    def arguments(self) -> list[str]:
        """
        What the dialplan hands on, from the first to the last.
        """
        found: list[str] = []
        while (value := self.values.get(f"arg_{len(found) + 1}")) is not None:
            found.append(value)
        return found


class Reply(NamedTuple):
    """
    What became of a command.

    :ivar code: 200 if it was done; 510 unknown, 511 the call has ended, 520 wrong use.
    :ivar result: the number that a command gives, None if there is none.
    """

    code: int
    result: int | None = None

    @property
    def is_good(self) -> bool:
        return self.code == 200 and self.result is not None and self.result >= 0


class Replies:
    """
    Puts replies together, some of which have several lines.

    :ivar has_hung_up: whether Asterisk has said that the call ended.
    """

    def __init__(self) -> None:
        self.has_hung_up = False
        self._several: int | None = None

    def line(self, text: str) -> Reply | None:
        """
        Take a line, without its end; return the reply that it completes.

        :raises NotAGI: if it is none of a reply.
        """
        if self._several is None and text.strip() == _HANGUP:
            self.has_hung_up = True
            return None
        match = _REPLY.fullmatch(text)
        if self._several is not None:
            # What stands between "520-" and "520 " is for people.
            if match is None or int(match[1]) != self._several or match[2] == "-":
                return None
            self._several = None
            return Reply(int(match[1]))
        if match is None:
            raise NotAGI("no reply of AGI")
        code = int(match[1])
        if match[2] == "-":
            self._several = code
            return None
        if code < 200:
            return None  # "100 Trying...": the reply follows
        result = _RESULT.match(match[3])
        return Reply(code, int(result[1]) if result is not None else None)


def command(*words: str) -> str:
    """
    Return the line of a command: its name, then arguments, all of them quoted.

    :raises ValueError: if one holds a line end or a NUL.
    """
    name, *arguments = words
    for word in words:
        if any(character in word for character in "\r\n\0"):
            raise ValueError("a line end within a command")
    return " ".join([name, *(_quoted(argument) for argument in arguments)])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

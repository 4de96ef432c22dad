"""
What servers of HTTP and SIP ask for before they answer: the headers ``WWW-Authenticate`` and
``Proxy-Authenticate`` (RFC 9110, section 11.6.1; RFC 3261, section 20.44).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["Challenge", "parse_challenges"]

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_NEXT = r"[ \t]*(?=,|$)"
_SCHEME = re.compile(rf"({_TOKEN})(?:[ \t]+|(?=,|$))")
# Unquoted values hold more than RFC 9110 allows them, as servers write them so.
_PARAMETER = re.compile(rf'({_TOKEN})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"=][^\s,"]*)){_NEXT}')
# What other schemes have instead of parameters.
_TOKEN68 = re.compile(rf"[A-Za-z0-9._~+/-]+=*{_NEXT}")
_SEPARATORS = re.compile(r"[ \t,]*")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True)
class Challenge:
    """
    One way to show who one is.

    :ivar scheme: in lower case: ``"basic"``.
    :ivar parameters: by their names in lower case; without quotes.
    """

    scheme: str
    parameters: Mapping[str, str]

    @property
    def realm(self) -> str:
        return self.parameters.get("realm", "")


def parse_challenges(headers: Iterable[str]) -> list[Challenge]:
    """
    Return what a server asks for, one of which is enough.

    :param headers: each may hold several challenges; what can't be understood ends it.
    """
    return [challenge for header in headers for challenge in _parse(header)]


def _parse(header: str) -> list[Challenge]:
    found: list[Challenge] = []
    parameters: dict[str, str] = {}
    position = _end(_SEPARATORS, header, 0)
    while position < len(header):
        if found and (match := _PARAMETER.match(header, position)):
            quoted, plain = match[2], match[3]
            value = plain if quoted is None else _ESCAPED.sub(r"\1", quoted)
            parameters.setdefault(match[1].lower(), value)
            position = match.end()
        elif match := _SCHEME.match(header, position):
            parameters = {}
            found.append(Challenge(match[1].lower(), parameters))
            position = match.end()
            position = _end(_TOKEN68, header, position)
        else:
            break
        position = _end(_SEPARATORS, header, position)
    return found


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return position if match is None else match.end()

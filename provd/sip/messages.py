"""
Bytes <-> SIP messages, as far as notifying phones needs them (RFC 3261).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["NotSIP", "Request", "Response", "parse_request", "parse_response", "written", "written_request"]

_REQUEST_LINE = re.compile(r"([A-Z]{1,20}) ([!-~]{1,500}) SIP/2\.0", re.ASCII)
_STATUS_LINE = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: .*)?", re.IGNORECASE | re.ASCII | re.DOTALL)
_BRANCH = re.compile(r';\s*branch\s*=\s*"?([^;,"\s]+)', re.IGNORECASE)
_CSEQ = re.compile(r"[0-9]{1,10}\s+([A-Za-z]+)", re.ASCII)
_COMPACT = {
    "i": "call-id",
    "v": "via",
    "f": "from",
    "t": "to",
    "l": "content-length",
    "m": "contact",
    "o": "event",
}
_LONGEST = 65535


class NotSIP(ValueError):
    """
    A datagram that isn't a SIP message of the kind that was expected.
    """


@dataclass(frozen=True)
class _Message:
    """
    :ivar headers: names in lower case, in order.
    """

    headers: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """
        Return the values of a header, in order.
        """
        return [value for each, value in self.headers if each == name]

    @property
    def branch(self) -> str:
        """
        What names the request, or the one that it answers (RFC 3261, 17.1.3).
        """
        found = _branch(self.all("via"))
        assert found is not None  # it was looked for before
        return found[1]


@dataclass(frozen=True)
class Response(_Message):
    status: int


@dataclass(frozen=True)
class Request(_Message):
    """
    :ivar uri: printable ASCII.
    """

    method: str
    uri: str


def parse_response(datagram: bytes) -> Response:
    """
    Return the response in a datagram.  Lines may end without a carriage return, and those that are no header
    are passed over: a phone whose answer isn't understood is asked again and again.

    :raises NotSIP: if it is none, or one that can't be matched to a request.
    """
    first, headers = _head(datagram)
    status = _STATUS_LINE.fullmatch(first)
    if status is None:
        raise NotSIP("no status line")
    response = Response(headers, int(status[1]))
    _need_branch(response)
    sequence = response.all("cseq")
    if not sequence or (method := _CSEQ.fullmatch(sequence[0])) is None or method[1].upper() != "NOTIFY":
        raise NotSIP("not about a NOTIFY")
    return response


def parse_request(datagram: bytes) -> Request:
    """
    Return the request in a datagram.

    :raises NotSIP: if it is none, or lacks what an answer needs (RFC 3261, 8.1.1).
    """
    first, headers = _head(datagram)
    line = _REQUEST_LINE.fullmatch(first)
    if line is None:
        raise NotSIP("no request line")
    request = Request(headers, line[1], line[2])
    _need_branch(request)
    if any(len(request.all(name)) != 1 for name in ("from", "to", "call-id", "cseq")):
        raise NotSIP("a header is missing, or there twice")
    sequence = _CSEQ.fullmatch(request.all("cseq")[0])
    if sequence is None or sequence[1].upper() != request.method:
        raise NotSIP("a sequence of another request")
    return request


def _head(datagram: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    """
    Return the first line of a message, and its headers.
    """
    text = datagram[:_LONGEST].replace(b"\r\n", b"\n").decode("utf-8", "replace")
    first, *lines = text.lstrip("\n").partition("\n\n")[0].split("\n")
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and headers:  # folded
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if colon and name:
            headers.append((_COMPACT.get(name, name), value.strip()))
    return first, tuple(headers)


def _need_branch(message: _Message) -> None:
    if _branch(message.all("via")) is None:
        raise NotSIP("no branch")


def _branch(via: list[str]) -> re.Match[str] | None:
    # The topmost is that of who sent the request; a line may hold those of several.
    return _BRANCH.search(via[0].partition(",")[0]) if via else None


def written_request(method: str, uri: str, headers: Iterable[tuple[str, str]], body: str = "") -> bytes:
    """
    Return a request as it is sent, with the length of its body.

    :param headers: one line each.
    :raises ValueError: if a text would begin another line.
    """
    return written(f"{method} {uri} SIP/2.0", headers, body)


def written(first: str, headers: Iterable[tuple[str, str]], body: str = "") -> bytes:
    """
    Return a message as it is sent, with the length of its body; see :func:`written_request`.
    """
    content = body.encode("utf-8", "replace")
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    if any(character in line for line in lines for character in "\r\n\0"):
        raise ValueError("a header of several lines")
    lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + content

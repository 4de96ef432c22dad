"""
Bytes <-> SIP messages, as far as a client that sends one request needs them (RFC 3261).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["NotSIP", "Response", "parse_response", "written_request"]

_STATUS_LINE = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: .*)?", re.IGNORECASE | re.ASCII | re.DOTALL)
_BRANCH = re.compile(r';\s*branch\s*=\s*"?([^;,"\s]+)', re.IGNORECASE)
_CSEQ = re.compile(r"[0-9]{1,10}\s+([A-Za-z]+)", re.ASCII)
_COMPACT = {"i": "call-id", "v": "via", "f": "from", "t": "to", "l": "content-length", "m": "contact"}
_LONGEST = 65535


class NotSIP(ValueError):
    """
    A datagram that isn't a SIP response.
    """


@dataclass(frozen=True)
class Response:
    """
    :ivar headers: names in lower case, in order.
    """

    status: int
    headers: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """
        Return the values of a header, in order.
        """
        return [value for each, value in self.headers if each == name]

    @property
    def branch(self) -> str:
        """
        What names the request that it answers (RFC 3261, 17.1.3).
        """
        found = _branch(self.all("via"))
        assert found is not None  # it was looked for before
        return found[1]


def parse_response(datagram: bytes) -> Response:
    """
    Return the response in a datagram.  Lines may end without a carriage return, and those that are no header
    are passed over: a phone whose answer isn't understood is asked again and again.

    :raises NotSIP: if it is none, or one that can't be matched to a request.
    """
    text = datagram[:_LONGEST].replace(b"\r\n", b"\n").decode("utf-8", "replace")
    first, *lines = text.lstrip("\n").partition("\n\n")[0].split("\n")
    status = _STATUS_LINE.fullmatch(first)
    if status is None:
        raise NotSIP("no status line")
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
    response = Response(int(status[1]), tuple(headers))
    if _branch(response.all("via")) is None:
        raise NotSIP("no branch")
    sequence = response.all("cseq")
    if not sequence or (method := _CSEQ.fullmatch(sequence[0])) is None or method[1].upper() != "NOTIFY":
        raise NotSIP("not about a NOTIFY")
    return response


def _branch(via: list[str]) -> re.Match[str] | None:
    # The topmost is that of who sent the request; a line may hold those of several.
    return _BRANCH.search(via[0].partition(",")[0]) if via else None


def written_request(method: str, uri: str, headers: Iterable[tuple[str, str]], body: str = "") -> bytes:
    """
    Return a request as it is sent, with the length of its body.

    :param headers: one line each.
    :raises ValueError: if a text would begin another line.
    """
    content = body.encode("utf-8", "replace")
    lines = [f"{method} {uri} SIP/2.0", *(f"{name}: {value}" for name, value in headers)]
    if any(character in line for line in lines for character in "\r\n\0"):
        raise ValueError("a header of several lines")
    lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + content

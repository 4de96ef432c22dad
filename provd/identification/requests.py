"""
What may be asked of a phone's request, whichever of the three protocols brought it.

An HTTP request is a ``twisted.web`` request, a TFTP request a mapping (``["packet"]["filename"]`` is
bytes), a DHCP request a mapping of text: plugins have always seen them so.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, TypedDict
from urllib.parse import unquote_to_bytes

__all__ = [
    "DHCPRequest",
    "RequestType",
    "asked_path",
    "base_name",
    "client_address",
    "downloaded_name",
    "file_path",
    "user_agent",
]

# What the trace and the log show of a name that a stranger chose.
LONGEST_SHOWN = 300


class RequestType(Enum):
    """
    How a request came.
    """

    HTTP = "http"
    TFTP = "tftp"
    DHCP = "dhcp"


# Looked up on the class, a member costs ten times as much, for each question.
_HTTP, _TFTP = RequestType.HTTP, RequestType.TFTP


class DHCPRequest(TypedDict):
    """
    A lease that a DHCP server told of.

    ``ip`` and ``mac`` are normalized; ``options`` maps an option's code to its value, one character for
    each byte (code points 0 to 255).
    """

    ip: str
    mac: str
    options: dict[int, str]


def client_address(request: Any, request_type: RequestType) -> str | None:
    """
    Return the phone's address, proxies taken into account, or None if the request has none.
    """
    if request_type is _HTTP:
        address = getattr(request, "client_address", None) or request.getClientIP()
        return address if isinstance(address, str) else None
    if request_type is _TFTP:
        return str(request["address"][0])
    return str(request["ip"])


def asked_path(request: Any, request_type: RequestType) -> str:
    """
    Return what the request asks for, as readable text: a path without its query, a file name, or nothing.
    """
    if request_type is _HTTP:
        raw = bytes(request.path)
    elif request_type is _TFTP:
        raw = bytes(request["packet"]["filename"])
    else:
        return ""
    return raw[:LONGEST_SHOWN].decode("utf-8", "backslashreplace")


def base_name(request: Any, request_type: RequestType) -> str:
    """
    Return the bare name of the file asked for, percent-decoded, as text.
    """
    return file_path(request, request_type).rpartition("/")[2]


def downloaded_name(request: Any, request_type: RequestType) -> str:
    """
    Return the same if the phone wants to have the file; nothing if it only asks about it, or brings one.
    """
    if request_type is _HTTP and request.method != b"GET":
        return ""
    return base_name(request, request_type)


def file_path(request: Any, request_type: RequestType) -> str:
    """
    Return the file asked for with the folders before it, percent-decoded, as text; no slash begins it.
    """
    if request_type is _HTTP:
        raw = bytes(request.path)
        if b"%" in raw:
            raw = unquote_to_bytes(raw)
    elif request_type is _TFTP:
        raw = bytes(request["packet"]["filename"])
    else:
        return ""
    return raw.decode("utf-8", "replace").lstrip("/")


def user_agent(request: Any, request_type: RequestType) -> str | None:
    """
    Return the ``User-Agent`` of an HTTP request as text.
    """
    if request_type is not _HTTP:
        return None
    header = request.getHeader(b"user-agent")
    return None if header is None else header[:LONGEST_SHOWN].decode("utf-8", "backslashreplace")

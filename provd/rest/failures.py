"""
What callers are told of a failure.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import NamedTuple

from cyclone.web import HTTPAuthenticationRequired, HTTPError

from provd.errors import InvalidDocument, NotFound, ProvdError

from . import jsontext

__all__ = ["CORS", "BadBody", "Told", "told", "told_of"]

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Origin, X-Requested-With, Accept, Content-Type, X-Auth-Token, "
    "Accent-Tenant, Wazo-Tenant",
    "Access-Control-Allow-Credentials": "false",
    "Access-Control-Expose-Headers": "Location",
}
"""The headers that let a page of any origin read an answer."""

_SAID = {
    400: ("invalid-request", "The request isn't proper HTTP"),
    404: ("not-found", "No such resource"),
    405: ("method-not-allowed", "Method not allowed"),
    406: ("not-acceptable", "Only JSON can be given"),
    413: ("too-large", "The body is too large"),
    415: ("unsupported-media-type", "The body must be JSON, and its Content-Type must say so"),
    500: ("internal-error", "Internal error"),
}


class BadBody(ProvdError):
    """
    The body of a request isn't what the resource takes.
    """

    http_status = 400

    def __init__(self, problem: str, error_id: str = "invalid-body") -> None:
        super().__init__(problem)
        self.error_id = error_id


class Told(NamedTuple):
    """
    A failure as it is answered.
    """

    status: int
    error_id: str
    message: str
    details: Mapping[str, str]

    def body(self) -> bytes:
        """
        Return the JSON of the answer.
        """
        return jsontext.encoded(
            {
                "message": self.message,
                "error_id": self.error_id,
                "details": self.details,
                "timestamp": time.time(),
            }
        )


def told_of(status: int) -> Told:
    """
    Return what is told where the status says it all.
    """
    return Told(status, *_SAID[status], {})


def told(error: BaseException) -> Told:
    """
    Return what is told of an error.
    """
    if isinstance(error, ProvdError):
        details: Mapping[str, str] = {}
        if isinstance(error, NotFound):
            details = {error.kind: error.name}
        elif isinstance(error, InvalidDocument):
            details = error.mistakes
        return Told(error.http_status, error.error_id, str(error), details)
    if isinstance(error, HTTPError) and not isinstance(error, HTTPAuthenticationRequired):
        return told_of(error.status_code)
    return told_of(500)

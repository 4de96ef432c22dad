"""
What went wrong on the way to a server and back, in words that show nothing of a URL or a password.
"""

from __future__ import annotations

from typing import Any

from OpenSSL.SSL import Error as TLSError
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionClosed, DNSLookupError
from twisted.protocols import ftp
from twisted.python.failure import Failure
from twisted.web.client import RequestGenerationFailed, RequestTransmissionFailed, ResponseFailed
from twisted.web.error import SchemeNotSupported

from .proxies import BadProxy
from .receiving import Stalled
from .tunnel import TunnelRefused

__all__ = ["FORESEEN", "ftp_reply", "is_transient", "told"]

_LONGEST = 200
_OWN = (Stalled, TunnelRefused, BadProxy)
_LOST = (ConnectionClosed, RequestTransmissionFailed, ResponseFailed, ftp.ConnectionLost)
_TRANSIENT = (Stalled, TunnelRefused, TLSError, ConnectError, DNSLookupError, *_LOST)

FORESEEN = (
    *_OWN,
    *_LOST,
    ConnectError,
    RequestGenerationFailed,
    SchemeNotSupported,
    TLSError,
    VerificationError,
    ftp.FTPError,
    OSError,  # of the name service, or a socket
    ValueError,  # a URL, or a host's name, that isn't one
)
"""What the network, servers and those who wrote a URL may cause; anything else is a bug of ours."""


def is_transient(error: BaseException) -> bool:
    """
    Tell whether another try may help, if an earlier one got somewhere.
    """
    cause = _cause(error)
    if isinstance(cause, ftp.CommandFailed):
        return ftp_reply(cause).startswith("4")
    return isinstance(cause, _TRANSIENT)


def told(error: BaseException) -> str:
    """
    Return what to tell an administrator.
    """
    cause = _cause(error)
    if isinstance(cause, _OWN):
        return str(cause)
    if isinstance(cause, DNSLookupError):
        return "no such host"
    if isinstance(cause, ConnectError):
        return "no connection"
    if isinstance(cause, _LOST):
        return "the connection was lost"
    if isinstance(cause, VerificationError):
        return "its certificate is that of another host"
    if isinstance(cause, TLSError):
        return f"no trusted connection: {_tls(cause)}"
    return ftp_reply(cause) or type(cause).__name__


def ftp_reply(error: BaseException) -> str:
    """
    Return the last line that an FTP server answered, ``"550 No such file"``; empty if it did nothing wrong.
    """
    cause = _cause(error)
    lines = cause.args[0] if isinstance(cause, ftp.CommandFailed) and cause.args else None
    return str(lines[-1])[:_LONGEST] if lines else ""


def _tls(error: TLSError) -> str:
    reasons = error.args[0] if error.args else None
    if isinstance(reasons, list) and reasons:
        return str(reasons[0][-1])
    return type(error).__name__


def _cause(error: BaseException) -> BaseException:
    """
    Return the error in the middle of those that Twisted wraps around it.
    """
    reasons: Any = getattr(error, "reasons", None)
    if type(error) in (ftp.ConnectionLost, ftp.FTPError):
        reasons = error.args[1:]
    inner = reasons[0] if reasons else None
    if isinstance(inner, Failure) and inner.value is not None:
        return _cause(inner.value)
    return error

"""
What the dialplan asks of ``agi://.../provision``.

``AGI(agi://host:port/provision,<code>[,<address>[,<endpoint>[,<anything>...]]])``

* the code that was dialed, or ``autoprov`` to take the phone back to the pool;
* the address that the phone's SIP comes from, with its port or without: ``192.0.2.7:5060``,
  ``[2001:db8::7]:5060``; may be empty;
* the PJSIP endpoint, as ``phone1``, ``PJSIP/phone1`` or the channel ``PJSIP/phone1-0000001a``; where it is
  missing and the channel is one of PJSIP, that of the channel;
* whatever else may tell the phone's MAC address, such as its ``User-Agent`` and ``Contact``.  They come from
  the phone and may hold commas, so they come last: they can't pass for what stands before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from provd.addresses import macs_in, plain_address
from provd.app.callers import Call
from provd.errors import ProvdError
from provd.logs import Secret

from .wire import Environment

__all__ = ["BadRequest", "ProvisionRequest", "provision_request"]

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}([0-9a-f]{12})(?![0-9a-f])", re.IGNORECASE)
_CHANNEL_NUMBER = re.compile(r"-[0-9a-f]{8}", re.IGNORECASE)
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)


class BadRequest(ProvdError):
    """
    A request that the dialplan got wrong.
    """

    error_id = "bad-request"


@dataclass(frozen=True)
class ProvisionRequest:
    """
    Which code was dialed, on which phone.
    """

    code: Secret
    call: Call = field(default_factory=Call)


def provision_request(environment: Environment) -> ProvisionRequest:
    """
    Return what is asked.

    :raises BadRequest: if that isn't provisioning, or lacks what it takes; its text holds no value.
    """
    if environment.script != "provision":
        raise BadRequest("the request isn't agi://.../provision")
    code, address, endpoint, *told = [*environment.arguments, "", "", ""][
        : max(3, len(environment.arguments))
    ]
    if not code.strip():
        raise BadRequest("the first argument, the code, is empty")
    try:
        peer = _peer(address.strip())
    except ValueError:
        raise BadRequest("the second argument isn't an address") from None
    account = _endpoint(endpoint.strip()) or _endpoint_of_channel(environment)
    if peer is None and account is None:
        raise BadRequest("neither an address nor an endpoint tells which phone calls")
    text = ",".join(told)
    return ProvisionRequest(
        Secret(code.strip()),
        Call(peer, account, tuple(macs_in(_UUID.sub(" ", text))), tuple(_nodes(text))),
    )


def _nodes(text: str) -> list[str]:
    return [mac for node in _UUID.findall(text) for mac in macs_in(node)]


def _peer(text: str) -> str | None:
    """
    Return the address of ``address[:port]``; one of IPv6 stands in brackets if there is a port.

    :raises ValueError: if it is none.
    """
    if not text:
        return None
    if text.startswith("["):
        address, bracket, port = text[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            raise ValueError("not an address")
        port = port[1:] if port else "0"
    elif text.count(":") == 1:
        address, _, port = text.partition(":")
    else:
        address, port = text, "0"
    if not _PORT.fullmatch(port):
        raise ValueError("not a port")
    return plain_address(address)


def _endpoint(text: str) -> str | None:
    name = text
    if text[:6].upper() == "PJSIP/":
        name = text[6:]
        if _CHANNEL_NUMBER.fullmatch(name[-9:]):
            name = name[:-9]
    return name or None


def _endpoint_of_channel(environment: Environment) -> str | None:
    channel = environment.values.get("channel", "")
    return _endpoint(channel) if channel[:6].upper() == "PJSIP/" else None

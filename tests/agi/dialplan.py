"""
Asterisk's side of FastAGI, line by line.
"""

from __future__ import annotations

import re
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.protocol import connectionDone
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure

_SET = re.compile(r'SET VARIABLE "(\w+)" "(.*)"')


class Call(LineOnlyReceiver):
    """
    A call that asks ``agi://.../provision`` as ``AGI(...)`` in the dialplan does.

    :ivar variables: the channel variables that were set.
    :ivar ended: fires when the other side has closed the connection.
    """

    delimiter = b"\n"

    def __init__(self, arguments: tuple[str, ...], channel: str) -> None:
        self._lines = [
            "agi_network: yes",
            "agi_network_script: provision",
            "agi_request: agi://127.0.0.1/provision",
            f"agi_channel: {channel}",
            *(f"agi_arg_{number}: {argument}" for number, argument in enumerate(arguments, 1)),
            "",
        ]
        self.variables: dict[str, str] = {}
        self.ended: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        for line in self._lines:
            self.sendLine(line.encode())

    def lineReceived(self, line: bytes) -> None:
        match = _SET.fullmatch(line.decode())
        assert match is not None, line
        self.variables[match[1]] = match[2]
        self.sendLine(b"200 result=1")

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.ended.callback(None)


async def begin(
    port: int, *arguments: str, channel: str = "Local/1@x-1;1", address: str = "127.0.0.1"
) -> Call:
    """
    Begin a call.

    :param address: the loopback address that it comes from.
    """
    endpoint = HostnameEndpoint(reactor, "127.0.0.1", port, bindAddress=address)
    call: Any = await connectProtocol(endpoint, Call(arguments, channel))
    assert isinstance(call, Call)
    return call


async def dialed(port: int, *arguments: str, channel: str = "Local/1@x-1;1") -> dict[str, str]:
    """
    Return the channel variables that a call has in the end.
    """
    call = await begin(port, *arguments, channel=channel)
    await call.ended
    return call.variables

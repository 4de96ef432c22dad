"""
A stand-in for Asterisk's manager port, over a real socket, with ways to fail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import Factory, connectionDone
from twisted.protocols.basic import LineReceiver

ACCOUNT, SECRET = "provd", "s3cret"


class Connection(LineReceiver):
    def __init__(self, manager: Manager) -> None:
        self._manager = manager
        self._fields: list[tuple[str, str]] = []

    def connectionMade(self) -> None:
        self._manager.connections.append(self)
        self.write(self._manager.banner)

    def write(self, text: str) -> None:
        self.transport.write(text.replace("\n", "\r\n").encode())

    def lineReceived(self, line: bytes) -> None:
        if line:
            name, _, value = line.decode().partition(": ")
            self._fields.append((name, value))
            return
        fields, self._fields = self._fields, []
        self._manager.take(self, fields)

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self._manager.connections.remove(self)


class Manager(Factory):
    """
    :ivar answers: what to do with an action, by its name: a text to write after ``ActionID``, or a callable
        that is given the connection and the ``ActionID`` line; None: nothing.
    :ivar asked: the fields of each action, without ``ActionID``, but for logging in.
    :ivar logins, refusals: how often somebody has logged in, or tried to.
    """

    noisy = False

    def __init__(self) -> None:
        self.banner = "Asterisk Call Manager/11.0.0\n"
        self.answers: dict[str, str | Callable[[Connection, str], None] | None] = {}
        self.asked: list[list[tuple[str, str]]] = []
        self.logins = self.refusals = 0
        self.secret = SECRET
        self.connections: list[Connection] = []
        self._port: Any = None
        self.port = 0

    def buildProtocol(self, addr: Any) -> Connection:
        return Connection(self)

    def start(self, tls: Any = None) -> None:
        here: Any = IReactorTCP(reactor)
        if tls is None:
            self._port = here.listenTCP(self.port, self, interface="127.0.0.1")
        else:
            self._port = here.listenSSL(self.port, self, tls, interface="127.0.0.1")
        self.port = self._port.getHost().port

    def drop(self) -> None:
        for connection in self.connections:
            connection.transport.abortConnection()

    async def stop(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            await port.stopListening()
        self.drop()

    def take(self, connection: Connection, fields: list[tuple[str, str]]) -> None:
        action, action_id = fields.pop(0)[1], dict(fields).get("ActionID", "")
        begin = f"ActionID: {action_id}\n"
        rest = [field for field in fields if field[0] != "ActionID"]
        if action == "Challenge":
            connection.write(f"Response: Success\n{begin}Challenge: 600706129\n\n")
        elif action == "Login":
            self._log_in(connection, begin, dict(rest))
        else:
            self.asked.append([("Action", action), *rest])
            answer = self.answers.get(action, "Response: Success")
            if callable(answer):
                answer(connection, begin)
            elif answer is not None:
                connection.write("".join(f"{part}\n{begin}\n" for part in answer.split("\n\n")))

    def _log_in(self, connection: Connection, begin: str, fields: dict[str, str]) -> None:
        key = hashlib.md5(f"600706129{self.secret}".encode()).hexdigest()
        if (fields["Username"], fields["Key"], fields["Events"]) != (ACCOUNT, key, "off"):
            self.refusals += 1
            connection.write(f"Response: Error\n{begin}Message: Authentication failed\n\n")
            connection.transport.loseConnection()
            return
        self.logins += 1
        connection.write(f"Response: Success\n{begin}Message: Authentication accepted\n\n")


def listing(*events: str, name: str = "Endpoint") -> str:
    """
    Return a list as Asterisk sends it.
    """
    return "\n\n".join(
        ["Response: Success\nEventList: start", *events, f"Event: {name}ListComplete\nEventList: Complete"]
    )

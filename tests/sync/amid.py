"""
A stand-in for amid, over a real socket, with ways to fail.
"""

from __future__ import annotations

import json
from collections.abc import Container
from typing import Any

from twisted.web import server

from tests.neighbor import StandIn

TOKEN = "token-of-the-service"
SENT = [{"Response": "Success", "Message": "NOTIFY sent"}]
CONTACT = {"Event": "ContactStatusDetail", "URI": "sip:u1@192.0.2.1:5060", "UserAgent": "Acme"}
REGISTERED = [{"Response": "Success", "EventList": "start"}, CONTACT, {"Event": "EndpointDetailComplete"}]


class StandInAmid(StandIn):
    """
    :ivar asked: actions and bodies.
    :ivar answers: status and JSON, or bytes, by action; None for no answer.
    :ivar tokens: those that it takes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, Any]] = []
        self.answers: dict[str, Any] = {"PJSIPNotify": (200, SENT), "PJSIPShowEndpoint": (200, REGISTERED)}
        self.tokens: Container[str] = {TOKEN}

    def render(self, request: Any) -> Any:
        version, _, action = (part.decode() for part in request.postpath)
        assert (version, request.method) == ("1.0", b"POST")
        self.asked.append((action, json.loads(request.content.read())))
        if request.getHeader("X-Auth-Token") not in self.tokens:
            request.setResponseCode(401)
            return b"{}"
        answer = self.answers[action]
        if answer is None:
            return server.NOT_DONE_YET
        status, body = answer
        request.setResponseCode(status)
        return body if isinstance(body, bytes) else json.dumps(body).encode()

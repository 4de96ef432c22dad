"""
Resources that show what a site does with requests and answers.
"""

from __future__ import annotations

from typing import Any

from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET


class Echo(Resource):
    """
    Answers with what it was asked, and keeps it.
    """

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[bytes] = []
        self.args: list[dict[bytes, list[bytes]]] = []

    def render(self, request: Any) -> bytes:
        self.asked.append(request.path)
        self.args.append(request.args)
        return request.method + b" " + request.uri + b" " + request.content.read()


class Later(Resource):
    """
    Answers when the test does.
    """

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Any] = []

    def render(self, request: Any) -> int:
        self.waiting.append(request)
        return NOT_DONE_YET

    def answer(self, body: bytes = b"late") -> None:
        request = self.waiting.pop(0)
        request.setHeader(b"content-length", b"%d" % len(body))
        request.write(body)
        request.finish()


class Returns(Resource):
    """
    Renders one value, or raises it.
    """

    isLeaf = True

    def __init__(self, value: Any, code: int = 200) -> None:
        super().__init__()
        self._value = value
        self._code = code

    def render(self, request: Any) -> Any:
        request.setResponseCode(self._code)
        if isinstance(self._value, Exception):
            raise self._value
        return self._value

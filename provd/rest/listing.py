"""
Long answers, written piece by piece, so that phones and other callers have their turns in between.
"""

from __future__ import annotations

import json
from typing import Any

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

from provd.store.interfaces import ISelection

from .handlers import Handler

__all__ = ["Listing"]


class Listing(Handler):
    """
    A resource that answers a list of documents.
    """

    async def answer_list(self, name: str, selection: ISelection) -> None:
        """
        Answer ``{"<name>": [...], "total": <matches before skip and limit>}``.
        """
        self.set_header("Content-Type", self.answer_type())
        if self.request.method == "HEAD":
            return
        gone = self.notifyFinish()
        separator = f'{{"{name}":['
        for documents in selection:
            text = ",".join(_text(document) for document in documents)
            if text:
                self.write(separator + text)
                separator = ","
            self.flush()
            await self._turn()
            if gone.called:
                return
        self.write(separator.replace(",", "") + f'],"total":{selection.total}}}')

    async def _turn(self) -> None:
        """
        Let others have their turn, and wait while the caller's connection is full.
        """
        reactor: IReactorTime = self.parts["reactor"]
        await deferLater(reactor, 0)
        await self.request.connection.drained()


def _text(document: Any) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace").decode()

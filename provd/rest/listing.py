"""
Long answers, written piece by piece, so that phones and other callers have their turns in between.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IReactorTime

from provd.store.interfaces import ISelection

from . import jsontext
from .courtesy import let_others_work
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
            self.flush()  # else the length of nothing would be told for that of the list
            return
        gone = self.notifyFinish()
        separator = f'{{"{name}":['
        reactor: IReactorTime = self.parts["reactor"]
        begun = reactor.seconds()
        for documents in selection:
            text = ",".join(_text(document) for document in documents)
            if text:
                self.write(separator + text)
                separator = ","
            self.flush()
            await let_others_work(reactor, reactor.seconds() - begun)
            await self.request.connection.drained()
            if gone.called:
                return
            begun = reactor.seconds()
        self.write(separator.replace(",", "") + f'],"total":{selection.total}}}')


def _text(document: Any) -> str:
    return jsontext.encoded(document).decode()

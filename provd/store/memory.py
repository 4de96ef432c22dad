"""
A store without a disk: the same contract, for tests and for trying things out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from zope.interface import implementer

from provd.errors import StoreError
from provd.model.device import state_of

from .documents import DocumentStore
from .interfaces import CONFIG_INDEXES, DEVICE_INDEXES, Document, IStore
from .journal import Settled, Write
from .tally import Tally


@implementer(IStore)
class MemoryStore:
    """
    :param devices: documents to begin with, copied.
    :param configs: the same.
    """

    def __init__(self, devices: Iterable[Document] = (), configs: Iterable[Document] = ()) -> None:
        #: Set to have every durable write fail, as on a full disk.
        self.is_full = False
        self.damaged: list[str] = []
        self._is_closed = False
        self.waiting = 0
        self.problem: str | None = None
        self._tally = Tally(state_of)
        self.devices = DocumentStore("device", DEVICE_INDEXES, self, self._tally)
        self.configs = DocumentStore("config", CONFIG_INDEXES, self)
        for documents, store in ((devices, self.devices), (configs, self.configs)):
            for document in documents:
                text = json.dumps(document)
                store.load(document["id"], text, json.loads(text))

    @property
    def device_states(self) -> dict[str, int]:
        return dict(self._tally.counts)

    async def open(self) -> None:
        self._is_closed = False

    async def close(self) -> None:
        self._is_closed = True

    def durably(self, write: Write, settled: Settled) -> None:
        self._refuse_if_closed()
        settled(StoreError(f"{write.kind} {write.document_id!r} can't be stored") if self.is_full else None)

    def soon(self, write: Write) -> None:
        self._refuse_if_closed()

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise StoreError("the store is closed")

"""
A store whose documents lie on a disk: read once, then written behind the memory's back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from zope.interface import implementer

from provd.model.device import state_of

from .documents import DocumentStore
from .interfaces import CONFIG_INDEXES, DEVICE_INDEXES, Document, IStore
from .journal import Journal, Outcome, Write
from .lock import FolderLock
from .tally import Tally

T = TypeVar("T")


class Take(Protocol):
    """
    Receives one document that was read: see :meth:`DocumentStore.load`.
    """

    def __call__(
        self, kind: str, document_id: str, text: str, document: Document, position: int | None = None, /
    ) -> None: ...


@dataclass(frozen=True)
class Damage:
    """
    A document that can't be read and lies set aside.

    :param where: the file or table that keeps it.
    :param reason: None if it was found and reported at an earlier start.
    """

    kind: str
    document_id: str
    where: str
    reason: str | None = None


class Disk(Protocol):
    """
    One way of keeping documents on disk.  Every method may wait, and is called in the worker's thread.
    """

    def load(self, take: Take) -> Sequence[Damage]:
        """
        Open the place, hand over every document, and set aside what is damaged.

        :returns: all that lies set aside, from earlier as well.
        :raises StoreError: if the place can't be used; nothing then stays open.
        """

    def commit(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """
        Put writes on disk, in order and safe from a power cut, as many of them as can be.
        """

    def close(self) -> None:
        """
        Let go of the files.
        """


class IWorker(Protocol):
    """
    Where a disk is waited for: see :class:`provd.store.worker.Worker`.
    """

    def run(self, job: Callable[[], T], /) -> Deferred[T]: ...

    def stop(self) -> None: ...


@implementer(IStore)
class DiskStore:
    """
    :param lock: held while the store is open.
    :param clock: for writes that nobody waits for.
    """

    _log = Logger()

    def __init__(self, disk: Disk, lock: FolderLock, worker: IWorker, clock: IReactorTime) -> None:
        self._disk = disk
        self._lock = lock
        self._worker = worker
        self._journal = Journal(disk.commit, worker.run, clock)
        self.damaged: list[str] = []
        self._tally = Tally(state_of)
        self.devices = DocumentStore("device", DEVICE_INDEXES, self._journal, self._tally)
        self.configs = DocumentStore("config", CONFIG_INDEXES, self._journal)

    async def open(self) -> None:
        stores = {"device": self.devices, "config": self.configs}
        names: dict[str, str] = {}

        def take(
            kind: str, document_id: str, text: str, document: Document, position: int | None = None, /
        ) -> None:
            # A device's config mostly has the device's id: one text in memory serves both.
            shared_id = names.setdefault(document_id, document_id)
            stores[kind].load(shared_id, text, document, position)

        self._lock.take()
        try:
            damages = await self._worker.run(lambda: self._disk.load(take))
        except BaseException:
            self._let_go()
            raise
        self.damaged = [f"{damage.kind} {damage.document_id}" for damage in damages]
        self._report(damages)

    @property
    def waiting(self) -> int:
        """
        How many writes aren't on disk yet.
        """
        return self._journal.waiting

    @property
    def problem(self) -> str | None:
        """
        Why changes can't be written now.
        """
        return self._journal.problem

    @property
    def device_states(self) -> dict[str, int]:
        """
        How many devices are in each state; see :func:`provd.model.device.state_of`.
        """
        return dict(self._tally.counts)

    async def close(self) -> None:
        await self._journal.close()
        try:
            await self._worker.run(self._disk.close)
        finally:
            self._let_go()

    def _let_go(self) -> None:
        self._worker.stop()
        self._lock.release()

    def _report(self, damages: Sequence[Damage]) -> None:
        for damage in damages:
            if damage.reason is not None:
                self._log.error(
                    "{kind} {document_id} is damaged ({reason}) and not loaded; what is left of it: {where}",
                    kind=damage.kind,
                    document_id=damage.document_id,
                    reason=damage.reason,
                    where=damage.where,
                )
        older = sum(damage.reason is None for damage in damages)
        if older:
            self._log.warn(
                "{count} damaged documents still lie set aside; remove them once they are of no use",
                count=older,
            )

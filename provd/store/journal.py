"""
The way from memory to disk: writes wait in one queue, and all that gathered while the disk was busy go to
it together (group commit).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from provd.errors import StoreError

T = TypeVar("T")
Outcome = StoreError | None
Settled = Callable[[Outcome], None]

#: Seconds that a write which nobody waits for may linger, so that a burst makes one commit.
LINGER = 0.25
#: Seconds between attempts to write what the disk has refused.
RETRY = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """
    A document that is to be put on disk, or removed from it.

    :param kind: ``"device"`` or ``"config"``.
    :param entry: as :mod:`provd.store.entries` packs it; None removes the document.
    """

    kind: str
    document_id: str
    entry: str | None


_Queued = tuple[Write, Settled | None]

Commit = Callable[[Sequence[Write]], Sequence[Outcome]]
"""Puts writes on disk, in order, each on its own if they don't go together; tells how each one went."""


class Run(Protocol):
    """
    Runs a job where it may wait for the disk, never two at once.
    """

    def __call__(self, job: Callable[[], T], /) -> Deferred[T]: ...


class Journal:
    """
    Takes writes in the reactor's thread and has them committed in another, one group at a time.

    Writes for which nobody waits are tried again until the disk takes them, without holding up others.

    :param clock: for the writes that nobody waits for.
    """

    _log = Logger()

    def __init__(self, commit: Commit, run: Run, clock: IReactorTime) -> None:
        self._commit = commit
        self._run = run
        self._clock = clock
        self._queue: list[_Queued] = []
        self._refused: dict[tuple[str, str], Write] = {}
        self._timer: IDelayedCall | None = None
        self._retry: IDelayedCall | None = None
        self._busy = False
        self._closed = False
        self._is_outage = False
        #: Why changes that phones caused can't be written now, None if they can.
        self.problem: str | None = None
        self._idle: list[Deferred[None]] = []

    def durably(self, write: Write, settled: Settled) -> None:
        """
        Write now.

        :param settled: called with None when the write is safe, or with what went wrong.
        :raises StoreError: if the journal is closed.
        """
        self._add(write, settled)
        if not self._busy:
            self._start()

    def soon(self, write: Write) -> None:
        """
        Write within a second, or as soon as the disk takes it.

        :raises StoreError: if the journal is closed.
        """
        self._add(write, None)
        if not self._busy and self._timer is None:
            self._timer = self._clock.callLater(LINGER, self._start)

    @property
    def waiting(self) -> int:
        """
        How many writes aren't on disk yet.
        """
        return len(self._queue) + len(self._refused)

    async def close(self) -> None:
        """
        Write what is left and take no more.  What can't be written is logged.
        """
        self._closed = True
        await self._until_idle()
        self._start(with_refused=True)
        await self._until_idle()
        _cancel(self._retry)
        if self._refused:
            self._log.error(
                "{count} changes could not be written before the end and are lost: {names}",
                count=len(self._refused),
                names=", ".join(f"{kind} {name}" for kind, name in list(self._refused)[:20]),
            )

    def _add(self, write: Write, settled: Settled | None) -> None:
        if self._closed:
            raise StoreError("the store is closed")
        self._queue.append((write, settled))

    def _start(self, with_refused: bool = False) -> None:
        _cancel(self._timer)
        self._timer = None
        group: list[_Queued] = [(write, None) for write in self._refused.values()] if with_refused else []
        group += self._queue
        self._queue = []
        if not group:
            return
        self._busy = True
        writes = [write for write, _ in group]
        committing = self._run(lambda: self._commit(writes))
        committing.addErrback(self._crashed, len(group))
        committing.addCallback(self._committed, group)
        committing.addErrback(lambda failure: self._log.failure("settling writes", failure))

    def _crashed(self, failure: Failure, count: int) -> Sequence[Outcome]:
        self._log.failure("committing {count} writes", failure, count=count)
        return [StoreError("the document could not be written")] * count

    def _committed(self, outcomes: Sequence[Outcome], group: list[_Queued]) -> None:
        try:
            for (write, settled), outcome in zip(group, outcomes, strict=True):
                key = (write.kind, write.document_id)
                if outcome is None:
                    self._refused.pop(key, None)
                elif settled is None:
                    self._refused[key] = write
                if settled is not None:
                    settled(outcome)
        finally:
            self._watch_outage(next(filter(None, outcomes), None))
            self._next()

    def _next(self) -> None:
        self._busy = False
        if any(settled for _, settled in self._queue):
            self._start()
        elif self._queue and not self._closed:
            self._timer = self._clock.callLater(LINGER, self._start)
        if not self._busy:
            idle, self._idle = self._idle, []
            for waiting in idle:
                waiting.callback(None)

    async def _until_idle(self) -> None:
        while self._busy:
            waiting: Deferred[None] = Deferred()
            self._idle.append(waiting)
            await waiting

    def _watch_outage(self, problem: Outcome) -> None:
        if self._refused and not self._is_outage:
            self._log.error(
                "changes that phones caused can't be written; trying again every {seconds:g} s: {problem}",
                seconds=RETRY,
                problem=problem,
            )
        elif self._is_outage and not self._refused:
            self._log.info("changes that phones caused are written again")
        self._is_outage = bool(self._refused)
        if self._is_outage:
            self.problem = self.problem if problem is None else str(problem)
        else:
            self.problem = None
        if self._refused and self._retry is None and not self._closed:
            self._retry = self._clock.callLater(RETRY, self._try_again)

    def _try_again(self) -> None:
        self._retry = None
        if self._busy:
            self._retry = self._clock.callLater(RETRY, self._try_again)
        else:
            self._start(with_refused=True)


def _cancel(timer: IDelayedCall | None) -> None:
    if timer is not None and timer.active():
        timer.cancel()

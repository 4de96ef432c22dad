"""
The one thread in which a store waits for its disk.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFromThreads
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

T = TypeVar("T")


class _Thread(Thread):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        # A process that ends without closing its store must not wait for this thread for ever.
        super().__init__(*arguments, daemon=True, **named)


class _Pool(ThreadPool):
    threadFactory = _Thread


class Worker:
    """
    Runs jobs one after another in a thread of its own, so that no other work of the reactor's pool holds
    up a write.

    :param reactor: learns of the results.
    """

    def __init__(self, reactor: IReactorFromThreads, name: str) -> None:
        self._reactor = reactor
        self._pool = _Pool(minthreads=1, maxthreads=1, name=name)

    def run(self, job: Callable[[], T]) -> Deferred[T]:
        """
        Run the job; the Deferred fires in the reactor's thread.
        """
        if not self._pool.started:
            self._pool.start()
        result: Deferred[T] = deferToThreadPool(self._reactor, self._pool, job)
        return result

    def stop(self) -> None:
        """
        End the thread, after the job that it may be at.
        """
        if self._pool.started:
            self._pool.stop()

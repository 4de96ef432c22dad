"""
Who runs a plugin's method, and when: in the reactor, one call a turn, or in a worker thread if it may block.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from fnmatch import fnmatchcase
from threading import Thread
from time import perf_counter
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as WaitedInVain
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool

from provd.errors import PluginError
from provd.timezones.weekdays import iso_weekdays

from .locks import NamedLocks
from .turns import Turns

# While a thread computes, each system call of the reactor hands over the interpreter lock and waits this long
# to get it back.  Measured with a template rendered without pause: phones got 68 requests/s at Python's own
# 5 ms, 1,000 at 0.2 ms.
_SHORT_SWITCH_INTERVAL = 0.0002
_ONE_WORKER = "worker"


class PluginCalls:
    """
    Calls the methods of plugins that may take their time: ``configure_common``, ``configure``,
    ``deconfigure`` and ``close``.

    A plugin whose class says ``BLOCKING = False`` promises to compute for a millisecond and never to wait:
    it runs in the reactor.  Any other runs in the one worker thread, which rests as long as it worked.

    :param reactor: for timers and threads.
    :param iso_weekday_plugins: patterns of plugin ids that want weekdays Monday first
        (``general.tzinform_iso_weekday_plugins``).
    """

    PATIENCE = 5.0
    """Seconds that a stop waits for a call which is still running."""

    _log = Logger()

    def __init__(self, reactor: Any, iso_weekday_plugins: tuple[str, ...] = ()) -> None:
        self._reactor = reactor
        self._iso = iso_weekday_plugins
        self._turns = Turns(reactor)
        self._queue = NamedLocks()
        self._pool = ThreadPool(0, 1, name="plugins")
        self._pool.threadFactory = _dispensable_thread  # type: ignore[assignment]  # any callable will do
        self._worked = 0.0
        self._is_stopping = False

    def start(self) -> None:
        self._pool.start()

    def stop(self) -> Deferred[None]:
        """
        End the worker thread, once the call that it is at has returned; those that wait fail.  A call that
        doesn't return soon is left behind.
        """
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        self._is_stopping = True
        idle = Deferred.fromCoroutine(self._queue.acquire(_ONE_WORKER))
        idle.addTimeout(self.PATIENCE, self._reactor)
        try:
            await idle
        except WaitedInVain:
            self._log.error(
                "a plugin's call is left behind, as it hasn't returned for {time:g} s", time=self.PATIENCE
            )
        else:
            self._pool.stop()

    async def call(self, plugin: Any, method: Callable[..., Any], *arguments: Any) -> Any:
        """
        Return what ``method(*arguments)`` of the plugin returns, or raise what it raises: any of
        ``provd.guard.MISTAKES``.

        :raises PluginError: if the daemon stops.
        """
        if not getattr(plugin, "BLOCKING", True):
            await self._turns.mine()
            return self._run(plugin, method, arguments)
        await self._queue.acquire(_ONE_WORKER)
        self._worked = 0.0
        try:
            if self._is_stopping:
                raise PluginError(plugin.id, "can't be called any more, as the daemon stops")
            return await deferToThreadPool(self._reactor, self._pool, self._work, plugin, method, arguments)
        finally:
            self._rest()

    def weekdays(self, plugin_id: str | None) -> AbstractContextManager[None]:
        """
        Number weekdays as a plugin wants them, while the block runs.
        """
        return iso_weekdays(any(fnmatchcase(plugin_id or "", pattern) for pattern in self._iso))

    def _rest(self) -> None:
        if self._queue.is_wanted(_ONE_WORKER) and not self._is_stopping:
            deferLater(self._reactor, self._worked, self._queue.release, _ONE_WORKER)
        else:
            self._queue.release(_ONE_WORKER)

    def _work(self, plugin: Any, method: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_SHORT_SWITCH_INTERVAL)
        started = perf_counter()
        try:
            return self._run(plugin, method, arguments)
        finally:
            self._worked = perf_counter() - started
            sys.setswitchinterval(usual)

    def _run(self, plugin: Any, method: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        with self.weekdays(plugin.id):
            return method(*arguments)


def _dispensable_thread(*arguments: Any, **keywords: Any) -> Thread:
    """
    Return a thread that doesn't keep the process from ending.
    """
    return Thread(*arguments, daemon=True, **keywords)

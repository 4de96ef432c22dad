"""
Who runs a plugin's method, and when: in the reactor, one call a turn, or in a worker thread if it may block.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from time import perf_counter
from typing import Any

from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

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

    def __init__(self, reactor: Any, iso_weekday_plugins: tuple[str, ...] = ()) -> None:
        self._reactor = reactor
        self._iso = iso_weekday_plugins
        self._turns = Turns(reactor)
        self._queue = NamedLocks()
        self._pool = ThreadPool(0, 1, name="plugins")

    def start(self) -> None:
        self._pool.start()

    def stop(self) -> None:
        """
        Wait for a call that is still running; nothing may be called afterwards.
        """
        self._pool.stop()

    async def call(self, plugin: Any, method: Callable[..., Any], *arguments: Any) -> Any:
        """
        Return what ``method(*arguments)`` of the plugin returns, or raise what it raises.
        """
        if not getattr(plugin, "BLOCKING", True):
            await self._turns.mine()
            with self.weekdays_of(plugin.id):
                return method(*arguments)
        await self._queue.acquire(_ONE_WORKER)
        try:
            started = perf_counter()
            return await deferToThreadPool(self._reactor, self._pool, self._work, plugin, method, arguments)
        finally:
            self._rest(perf_counter() - started)

    def _rest(self, worked: float) -> None:
        if self._queue.is_wanted(_ONE_WORKER):
            deferLater(self._reactor, worked, self._queue.release, _ONE_WORKER)
        else:
            self._queue.release(_ONE_WORKER)

    def _work(self, plugin: Any, method: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_SHORT_SWITCH_INTERVAL)
        try:
            with self.weekdays_of(plugin.id):
                return method(*arguments)
        finally:
            sys.setswitchinterval(usual)

    @contextmanager
    def weekdays_of(self, plugin_id: str) -> Iterator[None]:
        """
        Number weekdays, while the block runs, as that plugin wants them.
        """
        with iso_weekdays(any(fnmatchcase(plugin_id, pattern) for pattern in self._iso)):
            yield

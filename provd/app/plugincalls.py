"""
Who runs a plugin's method, and when: in the reactor, one call a turn, or in a worker thread if it may block.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from fnmatch import fnmatchcase
from typing import Any
from weakref import WeakValueDictionary

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as WaitedInVain

from provd.guard import Guard, Misbehavior, contained, kind_of
from provd.timezones.weekdays import iso_weekdays
from provd.waiting import is_awaitable, settled

from .turns import Turns
from .workers import Workers


class PluginCalls:
    """
    Calls the methods of plugins that may take their time: ``configure_common``, ``configure``,
    ``deconfigure`` and ``close``.

    A plugin whose class says ``BLOCKING = False`` promises to compute for a millisecond and never to wait:
    it runs in the reactor.  Any other runs in a worker thread.

    :param reactor: for timers and threads.
    :param iso_weekday_plugins: patterns of plugin ids that want weekdays Monday first
        (``general.tzinform_iso_weekday_plugins``).
    """

    LONGEST_WAIT = 30.0
    """Seconds that a method gets which answers with a Deferred or a coroutine, though a value is meant."""

    def __init__(self, reactor: Any, iso_weekday_plugins: tuple[str, ...] = ()) -> None:
        self._reactor = reactor
        self._iso = iso_weekday_plugins
        self._turns = Turns(reactor)
        self._workers = Workers(reactor)
        self._guards: dict[str, Guard] = {}
        self._known: WeakValueDictionary[str, Any] = WeakValueDictionary()

    def start(self) -> None:
        self._workers.start()

    def stop(self) -> Deferred[None]:
        """
        End the worker threads, once the calls that they are at have returned; those that wait fail.  A call
        that doesn't return soon is left behind.
        """
        return Deferred.fromCoroutine(self._workers.stop())

    async def call(self, plugin: Any, method: Callable[..., Any], *arguments: Any) -> Any:
        """
        Return what ``method(*arguments)`` of the plugin returns, or raise what it raises: any of
        ``provd.guard.MISTAKES``.

        :raises Misbehavior: if it takes far too long.
        :raises PluginError: if the daemon stops.
        """

        def run() -> tuple[Any]:  # in a tuple, as a Deferred can't be the result of another
            with self.weekdays(plugin.id):
                return (contained(method, *arguments),)

        guard = self._guard(plugin, getattr(method, "__name__", "method"))
        if getattr(plugin, "BLOCKING", True):
            (answer,) = await self._workers.run(plugin, run)
        else:
            await self._turns.mine()
            with guard.timed(plugin.id):
                (answer,) = run()
        if is_awaitable(answer):
            kind = kind_of(answer)
            guard.failed(plugin.id, Misbehavior(f"returned {kind} where a plain value is meant"))
            answer = await self._waited_for(answer, kind)
        return answer

    async def _waited_for(self, answer: Any, kind: str) -> Any:
        waiting = Deferred.fromCoroutine(settled(answer))
        waiting.addTimeout(self.LONGEST_WAIT, self._reactor)
        try:
            return await waiting
        except WaitedInVain:
            raise Misbehavior(f"returned {kind} without a result in {self.LONGEST_WAIT:g} s") from None

    def weekdays(self, plugin_id: str | None) -> AbstractContextManager[None]:
        """
        Number weekdays as a plugin wants them, while the block runs.
        """
        return iso_weekdays(any(fnmatchcase(plugin_id or "", pattern) for pattern in self._iso))

    def _guard(self, plugin: Any, name: str) -> Guard:
        if self._known.get(plugin.id) is not plugin:  # it was loaded anew since
            self._known[plugin.id] = plugin
            for guard in self._guards.values():
                guard.forget(plugin.id)
        return self._guards.setdefault(name, Guard(name))

"""
Threads for calls that may block, which never keep the calls of others waiting for long.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from threading import Thread
from time import thread_time
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as WaitedInVain
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from provd.errors import PluginError
from provd.guard import Misbehavior

# While a thread computes, each system call of the reactor hands over the interpreter lock and waits this long
# to get it back.  Measured with a template rendered without pause: phones got 68 requests/s at Python's own
# 5 ms, 1,000 at 0.2 ms.
_SHORT_SWITCH_INTERVAL = 0.0002
# One for each plugin that blocks at the same time, so in practice a handful.
_MOST_THREADS = 1000


class _Job:
    """
    One call, from when it's asked for until its thread is free again.
    """

    def __init__(self, plugin: Any, function: Callable[[], Any], canceled: Callable[[_Job], None]) -> None:
        self.plugin = plugin
        self.owner = id(plugin)  # a plugin that is loaded anew doesn't wait for its former self
        self.answer: Deferred[Any] = Deferred(lambda _: canceled(self))
        self.worked = 0.0
        self.has_returned = False
        self.is_given_up = False
        self.timer: IDelayedCall | None = None
        self._function = function

    def run(self) -> Any:
        """
        Make the call, in its thread.
        """
        started = thread_time()
        try:
            return self._function()
        finally:
            self.worked = thread_time() - started


class Workers:
    """
    Runs one call at a time; of a plugin never two, and plugins that have more to do take turns.

    A call that takes longer than most is taken for one that waits rather than computes: the calls of other
    plugins go ahead beside it.  One that hasn't returned for a minute is given up; whoever asks for another
    of the same plugin is told so at once, until it does return.

    :param reactor: for timers and threads.
    """

    HANDOVER = 0.1
    """Seconds."""

    LONGEST = 60.0
    """Seconds."""

    PATIENCE = 5.0
    """Seconds that a stop waits for calls which are still running."""

    _log = Logger()

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._queues: dict[int, deque[_Job]] = {}
        self._running: dict[int, _Job] = {}
        #: The one for which others wait, running or resting.
        self._first: _Job | None = None
        self._usual_interval: float | None = None
        self._idle: Deferred[None] | None = None
        self._pool = ThreadPool(0, _MOST_THREADS, name="plugins")
        self._pool.threadFactory = _dispensable_thread  # type: ignore[assignment]  # any callable will do

    def start(self) -> None:
        self._pool.start()

    def run(self, plugin: Any, function: Callable[[], Any]) -> Deferred[Any]:
        """
        Fires with what the function returns, or raises, in a thread.  Canceled while it runs, it runs on.

        :param plugin: whose function it is.
        """
        job = _Job(plugin, function, self._canceled)
        running = self._running.get(job.owner)
        if self._idle is not None:
            self._refuse(job)
        elif running is not None and running.is_given_up:
            job.answer.errback(_busy())
        else:
            self._queues.setdefault(job.owner, deque()).append(job)
            self._next()
        return job.answer

    async def stop(self) -> None:
        """
        End the threads, once the calls that they are at have returned; those that wait fail.  Calls that
        don't return soon are left behind.
        """
        self._idle = Deferred()
        queues, self._queues = self._queues, {}
        for queue in queues.values():
            for job in queue:
                self._refuse(job)
        for job in list(self._running.values()):
            if job.has_returned:
                self._free(job)
        if self._running:
            self._idle.addTimeout(self.PATIENCE, self._reactor)
            try:
                await self._idle
            except WaitedInVain:
                for job in self._running.values():
                    if job.timer is not None:
                        job.timer.cancel()
                        job.timer = None
                    self._log.error(
                        "a call of {plugin} is left behind, as it hasn't returned for {time:g} s",
                        plugin=job.plugin.id,
                        time=self.PATIENCE,
                    )
                return
        self._pool.stop()

    def _refuse(self, job: _Job) -> None:
        job.answer.errback(PluginError(job.plugin.id, "can't be called any more, as the daemon stops"))

    def _canceled(self, job: _Job) -> None:
        queue = self._queues.get(job.owner)
        if queue is not None and job in queue:
            queue.remove(job)
            if not queue:
                del self._queues[job.owner]

    def _next(self) -> None:
        if self._first is not None:
            return
        for owner, queue in self._queues.items():
            if owner not in self._running:
                job = queue.popleft()
                if not queue:
                    del self._queues[owner]
                self._begin(job)
                return

    def _begin(self, job: _Job) -> None:
        self._first = self._running[job.owner] = job
        self._set_interval()
        job.timer = self._reactor.callLater(self.HANDOVER, self._hand_over, job)

        def returned(is_good: bool, result: Any) -> None:
            self._reactor.callFromThread(self._returned, job, is_good, result)

        self._pool.callInThreadWithCallback(returned, job.run)

    def _hand_over(self, job: _Job) -> None:
        job.timer = self._reactor.callLater(self.LONGEST - self.HANDOVER, self._give_up, job)
        self._first = None
        self._next()

    def _give_up(self, job: _Job) -> None:
        job.is_given_up = True
        job.timer = None
        self._set_interval()
        waiting = self._queues.pop(job.owner, ())
        for each in (job, *waiting):
            if not each.answer.called:
                each.answer.errback(_busy() if each is not job else _endless(self.LONGEST))

    def _returned(self, job: _Job, is_good: bool, result: Any) -> None:
        job.has_returned = True
        if job.timer is not None:
            job.timer.cancel()
            job.timer = None
        if self._queues and job.worked > 0:
            job.timer = self._reactor.callLater(job.worked, self._free, job)
        else:
            self._free(job)
        if not job.answer.called:
            (job.answer.callback if is_good else job.answer.errback)(result)
        elif not is_good:
            assert isinstance(result, Failure)
            result.cleanFailure()

    def _free(self, job: _Job) -> None:
        if job.timer is not None and job.timer.active():
            job.timer.cancel()
        del self._running[job.owner]
        if job.owner in self._queues:  # behind those of other plugins
            self._queues[job.owner] = self._queues.pop(job.owner)
        if self._first is job:
            self._first = None
        self._set_interval()
        if self._idle is None:
            self._next()
        elif not self._running and not self._idle.called:
            self._idle.callback(None)

    def _set_interval(self) -> None:
        if all(job.is_given_up for job in self._running.values()):
            if self._usual_interval is not None:
                sys.setswitchinterval(self._usual_interval)
                self._usual_interval = None
        elif self._usual_interval is None:
            self._usual_interval = sys.getswitchinterval()
            sys.setswitchinterval(_SHORT_SWITCH_INTERVAL)


def _endless(seconds: float) -> Misbehavior:
    return Misbehavior(f"hasn't returned for {seconds:g} s and is given up")


def _busy() -> Misbehavior:
    return Misbehavior("is not called while a call that was given up hasn't returned")


def _dispensable_thread(*arguments: Any, **keywords: Any) -> Thread:
    """
    Return a thread that doesn't keep the process from ending.
    """
    return Thread(*arguments, daemon=True, **keywords)

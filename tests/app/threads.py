"""
Plugins whose calls wait until a test lets them go on.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from twisted.internet.defer import Deferred

from provd.app.workers import Workers
from provd.testing.reactor import TurningReactor
from provd.timezones.weekdays import are_weekdays_iso
from tests.support import result_of


class Plugin:
    """
    A plugin with methods that a test can watch from outside.

    :param blocking: None leaves the class without that word, as third-party plugins have it.
    """

    def __init__(self, plugin_id: str = "acme", blocking: bool | None = None) -> None:
        self.id = plugin_id
        if blocking is not None:
            self.BLOCKING = blocking
        self.started = threading.Event()
        self.may_go_on = threading.Event()
        self.running = 0
        self.most = 0

    def work(self, answer: Any = None) -> Any:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            self.started.set()
            assert self.may_go_on.wait(10)
            return answer
        finally:
            self.running -= 1

    @staticmethod
    def where() -> tuple[int, bool, float]:
        return threading.get_ident(), are_weekdays_iso(), sys.getswitchinterval()

    def fail(self, error: BaseException) -> None:
        raise error

    @staticmethod
    def give(make: Any) -> Any:
        return make()


def outcome(reactor: TurningReactor, workers: Workers, deferred: Deferred[Any]) -> Any:
    """
    Return what a call gives in the end: waits for threads, and lets time pass while a plugin rests.
    """
    while not deferred.called:
        if any(job.has_returned for job in workers._running.values()):
            reactor.advance(0.01)
        elif not reactor.turn():
            reactor._from_threads.get(timeout=reactor.PATIENCE)()
    return result_of(deferred)

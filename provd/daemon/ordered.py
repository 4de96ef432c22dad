"""
Services that stop one at a time, the last started first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.application.service import MultiService, Service
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from provd.waiting import settled


class OrderedServices(MultiService):
    """
    ``MultiService`` stops all its children at once, and would close the store under an unfinished request.
    """

    _log = Logger()

    def stopService(self) -> Deferred[None]:
        self.running = 0
        return Deferred.fromCoroutine(self._stop_children())

    async def _stop_children(self) -> None:
        for child in reversed(list(self)):
            try:
                await settled(child.stopService())
            except Exception:
                self._log.failure("stopping {child}", child=child.name)


class Closing(Service):
    """
    A part that only needs to be stopped.
    """

    def __init__(self, name: str, stop: Callable[[], Any]) -> None:
        self.name = name
        self._stop = stop

    def stopService(self) -> Any:
        super().stopService()
        return self._stop()

"""
Listens at each link of the machine, those that come and go included.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from .answering import Answering, Identify
from .links import Link, links
from .sockets import LinkSockets

__all__ = ["PnPService"]

_AGAIN = 30.0
"""Seconds."""


class PnPService(Service):
    """
    :param names: of the interfaces; empty for all of them.
    """

    name = "pnp"
    _log = Logger()

    def __init__(
        self,
        names: Collection[str],
        identify: Identify,
        reactor: Any,
        present: Callable[[], list[Link]] = links,
    ) -> None:
        self._names = names
        self._reactor = reactor
        self._present = present
        self._answering = Answering(identify, reactor)
        self._open: dict[Link, LinkSockets] = {}
        self._failing: dict[Link, str] = {}
        self._next: IDelayedCall | None = None

    def health(self) -> dict[str, Any]:
        """
        Return the member of the status document.
        """
        status = "ok" if self._open and not self._failing else "fail"
        shown: dict[str, Any] = {
            "status": status,
            "interfaces": sorted(link.name for link in self._open),
            "answered": self._answering.answered,
        }
        if self._failing:
            shown["why"] = "; ".join(f"{link.name}: {why}" for link, why in self._failing.items())
        elif not self._open:
            shown["why"] = "no interface"
        return shown

    def startService(self) -> None:
        super().startService()
        self._look()

    def stopService(self) -> None:
        super().stopService()
        if self._next is not None:
            self._next.cancel()
            self._next = None
        self._answering.stop()
        for sockets in self._open.values():
            sockets.close()
        self._open.clear()

    def _look(self) -> None:
        self._next = self._reactor.callLater(_AGAIN, self._look)
        wanted = {link for link in self._present() if not self._names or link.name in self._names}
        for link in self._open.keys() - wanted:
            self._open.pop(link).close()
        failing: dict[Link, str] = {}
        for link in sorted(wanted - self._open.keys()):
            sockets = LinkSockets(link, self._answering, self._reactor)
            try:
                sockets.open()
            except Exception as error:
                failing[link] = why = getattr(error, "strerror", None) or str(error)
                if link not in self._failing:
                    self._log.error("phones at {name} can't ask by multicast: {why}", name=link.name, why=why)
            else:
                self._open[link] = sockets
        self._failing = failing

"""
The service manager that started the daemon: what it is told (sd_notify(3)), what it hands over
(sd_listen_fds(3)).  Without one, nothing happens.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.python.systemd import ListenFDs

__all__ = ["ServiceManager", "first_environment", "inherited_datagram_sockets", "matching"]

log = Logger()


class ServiceManager:
    """
    Hears when the daemon is ready, reloads and stops, and meanwhile that its reactor turns.

    :param environ: ``NOTIFY_SOCKET``, ``WATCHDOG_USEC`` and ``WATCHDOG_PID`` are taken out of it, as they
        don't concern the programs that the daemon runs.
    :param reactor: for the timer of the watchdog.
    """

    def __init__(self, environ: MutableMapping[str, str], reactor: Any) -> None:
        path = environ.pop("NOTIFY_SOCKET", "")
        microseconds = environ.pop("WATCHDOG_USEC", "")
        watched = environ.pop("WATCHDOG_PID", "") or str(os.getpid())
        #: An abstract address is written with "@" for its leading NUL.
        self._address = "\0" + path[1:] if path.startswith("@") else path
        self._alive = LoopingCall(self._tell, "WATCHDOG=1")
        self._alive.clock = reactor
        self._is_ready = False
        #: Seconds between two signs of life: half of what the manager waits; None if it doesn't watch.
        self.interval = (
            int(microseconds) / 2_000_000
            if microseconds.isdecimal() and watched == str(os.getpid())
            else None
        )

    def starting(self) -> None:
        """
        Give signs of life from now on.
        """
        if self._address and self.interval and not self._alive.running:
            self._alive.start(self.interval)

    def ready(self) -> None:
        """
        Say that phones are served.
        """
        self._is_ready = True
        self._tell("READY=1", "STATUS=serving phones")

    def reloading(self) -> None:
        """
        Say that settings are being read again; :meth:`reloaded` must follow.
        """
        if self._is_ready:
            self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def reloaded(self) -> None:
        """
        Say that this has ended.  A daemon that still starts, or stops already, isn't ready for that.
        """
        if self._is_ready:
            self.ready()

    def stopping(self) -> None:
        """
        Say that the daemon ends what is under way.
        """
        self._is_ready = False
        self._tell("STOPPING=1", "STATUS=ending what is under way")

    def stopped(self) -> None:
        """
        Give no more signs of life.
        """
        if self._alive.running:
            self._alive.stop()

    def _tell(self, *assignments: str) -> None:
        if not self._address:
            return
        # That a manager is gone is its own concern.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto("\n".join(assignments).encode(), self._address)


def first_environment() -> dict[str, str]:
    """
    Return the environment that this process was started with: ``twisted.internet.endpoints`` takes what is
    said of passed descriptors out of the present one when it is imported.
    """
    pairs = (pair.partition(b"=") for pair in Path("/proc/self/environ").read_bytes().split(b"\0"))
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}


def inherited_datagram_sockets(environ: MutableMapping[str, str]) -> list[socket.socket]:
    """
    Return the UDP sockets that the service manager has opened for the daemon; what else it passed is closed.

    :param environ: what it says of them is taken out.
    """
    found = []
    for descriptor in ListenFDs.fromEnvironment(environ).inheritedDescriptors():
        passed = socket.socket(fileno=descriptor)
        passed.set_inheritable(False)
        if passed.family in (socket.AF_INET, socket.AF_INET6) and passed.type == socket.SOCK_DGRAM:
            found.append(passed)
        else:
            passed.close()
    return found


def matching(sockets: Sequence[socket.socket], interface: str, port: int) -> tuple[list[socket.socket], str]:
    """
    Return the inherited sockets that listen where the settings say, and what to add to the error if the port
    can't be had otherwise.  Others are closed: the settings hold, as they are what phones are told.

    :param interface: ``0.0.0.0`` or empty for all IPv4 addresses, ``::``, or one address.
    """
    taken: list[socket.socket] = []
    others: list[socket.socket] = []
    for passed in sockets:
        fits = passed.getsockname()[:2] == (interface or "0.0.0.0", port)
        (taken if fits else others).append(passed)
    if not others:
        return taken, ""
    places = ", ".join("{} port {}".format(*passed.getsockname()[:2]) for passed in others)
    for passed in others:
        passed.close()
    log.warn("accent-provd.socket listens on {places}, which the settings don't name", places=places)
    return taken, f"; accent-provd.socket listens on {places}: systemctl edit accent-provd.socket"

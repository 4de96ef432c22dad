"""
What phones fetch after they were asked to fetch their files again.
"""

from __future__ import annotations

from collections.abc import Callable

from provd.model.device import Device

from .servedfile import Sent, ServedFile
from .syncstates import Synchronization, SyncStates

__all__ = ["Fetch", "Fetches"]


class Fetch:
    """
    One request of a phone for the file that tells it its configuration.  The listener that answers says what
    becomes of it.
    """

    def __init__(self, synchronization: Synchronization) -> None:
        self._synchronization = synchronization
        self._sent = Sent()

    def sent(self, piece: bytes) -> None:
        """
        Note a piece of the answer.
        """
        self._sent.take(piece)

    def begun(self) -> None:
        """
        Note that the phone gets an answer, not a refusal.
        """
        self._synchronization.fetched()

    def complete(self, path: str | None) -> None:
        """
        Note that the phone has got all of the answer.

        :param path: of the file that was sent, or a part of it; None if it's no file's, whose later changes
            nobody could tell.
        """
        digest = self._sent.digest()
        if path is not None and digest is not None:
            self._got(ServedFile(path, digest))

    def is_known(self, path: str | None) -> None:
        """
        Note that the phone was told that it has this very file already.
        """
        if path is not None:
            self._got(ServedFile(path))

    def _got(self, file: ServedFile) -> None:
        file.is_current()  # read now: a list of devices then reads what was written since, and nothing else
        self._synchronization.complete(file.is_current)


class Fetches:
    """
    Tells which requests are followed: those of devices that were asked, for the file that counts.

    :param is_trigger: tells whether a device takes its configuration from the file of a name.
    """

    def __init__(self, states: SyncStates, is_trigger: Callable[[Device, str], bool]) -> None:
        self._states = states
        self._is_trigger = is_trigger

    def begun(self, device: Device | None, name: str) -> Fetch | None:
        """
        Return what follows a request for a file, by its base name; None if nobody wants to know.
        """
        if device is None:
            return None
        synchronization = self._states.of(device["id"])
        if synchronization is None or not self._is_trigger(device, name):
            return None
        return Fetch(synchronization)

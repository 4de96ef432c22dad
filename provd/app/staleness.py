"""
Which devices' files on disk can't be trusted, and are written again before their next request is answered.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from provd.model.device import Device
from provd.store.atomic import write_durably


class Staleness:
    """
    Files are stale after an unclean stop, as nobody waited for them to reach the disk, and when their plugin
    was replaced while the daemon was stopped.

    :param everything: after an unclean stop.
    :param plugin_ids: plugins that were replaced.
    """

    def __init__(self, everything: bool, plugin_ids: Collection[str]) -> None:
        self._everything = everything
        self._plugin_ids = frozenset(plugin_ids)
        self._fresh: set[str] = set()

    def is_stale(self, device: Device) -> bool:
        if not self._everything and not self._plugin_ids:
            return False
        return device["id"] not in self._fresh and (
            self._everything or device.get("plugin") in self._plugin_ids
        )

    def configured(self, device_id: str) -> None:
        """
        Note that a device's files were just written, or that there is nothing to write.
        """
        if self._everything or self._plugin_ids:
            self._fresh.add(device_id)


class RunningMark:
    """
    A file that is there while the daemon runs, and is still there after a crash.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def set(self) -> bool:
        """
        Set the mark; return whether it was there already: the last stop was unclean.

        :raises OSError: if it can't be set.
        """
        unclean = self._path.exists()
        write_durably(self._path, b"")  # else a power cut could take the mark and leave half-written files
        return unclean

    def clear(self) -> None:
        self._path.unlink(missing_ok=True)

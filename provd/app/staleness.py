"""
Which devices' files on disk can't be trusted, and are written again before their next request is answered.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from provd.model.device import Device
from provd.store.atomic import write_durably
from provd.store.interfaces import IDocumentStore


class Stale(NamedTuple):
    """
    Whose files are in doubt.

    :param everything: every device's, as after an unclean stop: nobody waited for them to reach the disk.
    :param plugin_ids: those of plugins that were replaced while the daemon was stopped.
    """

    everything: bool = False
    plugin_ids: frozenset[str] = frozenset()


class Staleness:
    """
    Files in doubt, until each device was configured again.
    """

    def __init__(self, stale: Stale) -> None:
        self._stale = stale
        self._fresh: set[str] = set()

    def is_stale(self, device: Device) -> bool:
        if not any(self._stale):
            return False
        return device["id"] not in self._fresh and (
            self._stale.everything or device.get("plugin") in self._stale.plugin_ids
        )

    def configured(self, device_id: str) -> None:
        """
        Note that a device's files were just written, or that there is nothing to write.
        """
        if any(self._stale):
            self._fresh.add(device_id)

    def left(self, devices: IDocumentStore) -> Stale:
        """
        Return what is still in doubt, as of phones that haven't asked for a file since the start.
        """
        return Stale(
            self._stale.everything and not self._fresh.issuperset(devices.ids()),
            frozenset(
                plugin_id
                for plugin_id in self._stale.plugin_ids
                if not self._fresh.issuperset(devices.find("plugin", plugin_id))
            ),
        )


class RunningMark:
    """
    A file that is there while the daemon runs, and is still there after a crash; after a clean stop, only if
    some files are in doubt all the same.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def set(self, replaced_plugins: Collection[str] = ()) -> Stale:
        """
        Set the mark; return what is in doubt since the last stop, or from before.

        :param replaced_plugins: ids of plugins that were replaced since.
        :raises OSError: if it can't be set.
        """
        former = self._read()
        # Synced, else a power cut could take the mark and leave half-written files.
        write_durably(self._path, b"")
        return Stale(former.everything, former.plugin_ids.union(replaced_plugins))

    def _read(self) -> Stale:
        try:
            left = json.loads(self._path.read_bytes())
            return Stale(bool(left["everything"]), frozenset(left["plugins"]))
        except FileNotFoundError:
            return Stale()
        except (OSError, ValueError, LookupError, TypeError):  # it still says that the daemon runs
            return Stale(everything=True)

    def clear(self, left: Stale) -> None:
        """
        Say that the daemon has stopped.

        :param left: what is still in doubt.
        """
        if any(left):
            content = {"everything": left.everything, "plugins": sorted(left.plugin_ids)}
            write_durably(self._path, json.dumps(content).encode())
        else:
            self._path.unlink(missing_ok=True)

"""
Which devices' files on disk can't be trusted, and are written again before their next request is answered.

Not earlier: only a request tells by which address its phone reaches this server.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path

from provd.model.device import Device
from provd.store.atomic import write_durably


class Staleness:
    """
    Files in doubt, until each device was configured again.

    :param device_ids: whose files are in doubt: all after an unclean stop, as nobody waited for them to reach
        the disk; those of a plugin that was replaced while the daemon was stopped.
    """

    def __init__(self, device_ids: Iterable[str] = ()) -> None:
        self._stale = set(device_ids)

    def is_stale(self, device: Device) -> bool:
        return device["id"] in self._stale

    def doubt(self, device_ids: Iterable[str]) -> None:
        """
        Note that the files of more devices can't be trusted, as their plugin or config is another one now.
        """
        self._stale.update(device_ids)

    def configured(self, device_id: str) -> None:
        """
        Note that a device's files were just written, or that there is nothing to write.
        """
        self._stale.discard(device_id)

    @property
    def left(self) -> list[str]:
        """
        The ids of the devices whose files are still in doubt, as their phones haven't asked since.
        """
        return sorted(self._stale)


class RunningMark:
    """
    A file that is there while the daemon runs, and is still there after a crash; after a clean stop, only if
    some files are in doubt all the same.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def set(self) -> Collection[str] | None:
        """
        Set the mark; return the ids of the devices whose files were still in doubt at the last stop, or None
        if that was unclean: then all are.

        :raises OSError: if it can't be set.
        """
        left = self._read()
        # Synced, else a power cut could take the mark and leave half-written files.
        write_durably(self._path, b"")
        return left

    def _read(self) -> Collection[str] | None:
        try:
            left = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return ()
        except (OSError, ValueError):  # it still says that the daemon runs
            return None
        return left if isinstance(left, list) and all(isinstance(text, str) for text in left) else None

    def clear(self, left: Collection[str]) -> None:
        """
        Say that the daemon has stopped.

        :param left: the ids of the devices whose files are still in doubt.
        """
        if left:
            write_durably(self._path, json.dumps(list(left)).encode())
        else:
            self._path.unlink(missing_ok=True)

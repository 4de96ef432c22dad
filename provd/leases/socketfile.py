"""
The file of a UNIX datagram socket: made so that only who may write can, and taken away again.
"""

from __future__ import annotations

import grp
import os
import socket
import stat
from pathlib import Path

from provd.errors import ProvdError

__all__ = ["SocketFile", "SocketUnusable"]

_READABLE_BY_ALL = 0o755
_FOR_OWNER_AND_GROUP = 0o660


class SocketUnusable(ProvdError):
    """
    A path at which no socket can be had.
    """


class SocketFile:
    """
    A socket at a path, for its owner and a group to write to.

    :param group: the group's name; None is that of the process.
    """

    def __init__(self, path: Path, group: str | None = None) -> None:
        self._path = path
        self._group = group
        self._made: tuple[int, int] | None = None

    def open(self) -> socket.socket:
        """
        Make the file and return the socket, which doesn't block.  The folder is made if only that is missing;
        what a process left that has ended is replaced.

        :raises SocketUnusable: if that can't be done, or something else is there, such as another's socket.
        """
        found = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        found.setblocking(False)
        try:
            self._make_folder()
            self._replace_what_is_left()
            self._bind(found)
        except OSError as error:
            found.close()
            raise SocketUnusable(f"{self._path}: {error.strerror or error}") from error
        except BaseException:
            found.close()
            raise
        return found

    def remove(self) -> None:
        """
        Take the file away, if it is still the one that was made here.
        """
        made, self._made = self._made, None
        try:
            if made is not None and made == _identity(self._path):
                os.unlink(self._path)
        except OSError:
            pass  # it, or the folder, is gone already

    def _make_folder(self) -> None:
        folder = self._path.parent
        if not folder.is_dir():
            os.mkdir(folder)
            os.chmod(folder, _READABLE_BY_ALL)  # whatever the umask

    def _replace_what_is_left(self) -> None:
        try:
            mode = os.lstat(self._path).st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISSOCK(mode):
            raise SocketUnusable(f"{self._path} exists and isn't a socket")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(str(self._path))
            except ConnectionRefusedError:
                os.unlink(self._path)
                return
        raise SocketUnusable(f"{self._path} is in use by another process")

    def _bind(self, found: socket.socket) -> None:
        # Linux makes the file with the mode of the socket: nobody else writes before the group is set.
        os.fchmod(found.fileno(), 0o600)
        found.bind(str(self._path))
        self._made = _identity(self._path)
        try:
            if self._group is not None:
                os.chown(self._path, -1, _group_id(self._group), follow_symlinks=False)
            os.chmod(self._path, _FOR_OWNER_AND_GROUP)
        except BaseException:
            self.remove()
            raise


def _identity(path: Path) -> tuple[int, int]:
    status = os.lstat(path)
    return status.st_dev, status.st_ino


def _group_id(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise SocketUnusable(f"there is no group {name!r}") from None

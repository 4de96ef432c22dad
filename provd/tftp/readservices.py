"""
What a plugin answers TFTP requests with: a folder, a text, a refusal, or another service.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
from collections.abc import Callable
from typing import IO, Any

from provd.pluginkit.files import is_temporary

from .requests import ReadService, Response, TFTPRequest
from .wire import ERR_ACCESS, ERR_FNF, ERR_UNDEF

#: Files up to this size are read at once, so that no transfer of one keeps a descriptor.
SMALL_FILE = 65536

_NOT_FOUND = "File not found"
_NEVER_THERE = frozenset(
    [errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.ENXIO, errno.ENODEV]
)


class TFTPFileService:
    """
    Serves the regular files below a folder, subfolders included.

    What resolves to somewhere outside of it isn't found, be it by ``..`` or by a symbolic link; nor is a
    file that is being written.

    :param path: the folder; it may come into being later.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)

    def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
        """
        Send the file that the request names.
        """
        try:
            path = path_below(self._path, request["packet"]["filename"])
            fobj = open_regular(path)
        except ValueError:
            response.reject(ERR_FNF, _NOT_FOUND)
        except PermissionError:
            response.reject(ERR_ACCESS, "Access violation")
        except OSError as error:
            if error.errno in _NEVER_THERE:
                response.reject(ERR_FNF, _NOT_FOUND)
            else:
                response.reject(ERR_UNDEF, "the file can't be read")
        else:
            response.served_path = path
            response.accept(fobj)


def path_below(folder: str, filename: bytes) -> str:
    """
    Return the real path of a file below a folder, whether it exists or not.

    :param filename: as sent by a phone, leading slashes or not; backslashes are a part of the name.
    :raises ValueError: if the name isn't ASCII, leads out of the folder or can't be a file's.
    """
    asked = filename.decode("ascii").lstrip("/")
    name = os.path.normpath(asked)
    # Whether it may be had was judged by what follows the last slash: "a/", "a/." and "a/b/.." aren't "a".
    if os.path.basename(name) != os.path.basename(asked):
        raise ValueError("not the name of a file")
    if any(part == ".." or is_temporary(part) for part in name.split("/")):
        raise ValueError("not a served name")
    root = os.path.realpath(folder)
    real = os.path.realpath(os.path.join(root, name))
    if os.path.commonpath([root, real]) != root:
        raise ValueError("outside of the folder")
    return real


def open_regular(real: str) -> IO[bytes]:
    """
    Return the content of a file.

    :param real: its real path.
    :raises ValueError: if it isn't a regular file.
    :raises OSError: if there is no such file, or it can't be read.
    """
    # Not to wait for a named pipe's writer, nor to follow a link put there since realpath looked.
    descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    with contextlib.ExitStack() as undo:
        undo.callback(os.close, descriptor)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("not a regular file")
        if status.st_size <= SMALL_FILE:
            content = os.read(descriptor, SMALL_FILE + 1)
            if len(content) <= SMALL_FILE:
                return io.BytesIO(content)
            os.lseek(descriptor, 0, os.SEEK_SET)
        undo.pop_all()
    return os.fdopen(descriptor, "rb", buffering=0)


class TFTPNullService:
    """
    Refuses everything.
    """

    def __init__(self, errcode: bytes = ERR_FNF, errmsg: str | bytes = _NOT_FOUND) -> None:
        self._errcode = errcode
        self._errmsg = errmsg

    def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
        """
        Send the error.
        """
        response.reject(self._errcode, self._errmsg)


class TFTPStringService:
    """
    Sends one text, whatever the file name.

    :param msg: text is sent as UTF-8.
    """

    def __init__(self, msg: str | bytes) -> None:
        self._content = msg.encode() if isinstance(msg, str) else msg

    def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
        """
        Send the text.
        """
        response.accept(io.BytesIO(self._content))


class TFTPHookService:
    """
    Passes requests on; subclasses override ``_pre_handle`` to see, or change, each one before.
    """

    def __init__(self, service: ReadService) -> None:
        self._service = service

    def _pre_handle(self, request: TFTPRequest) -> None:
        """
        Called with each request.
        """

    def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
        """
        Let the other service answer.
        """
        self._pre_handle(request)
        self._service.handle_read_request(request, response)


class TFTPLogService(TFTPHookService):
    """
    Logs each request, with the file name escaped.

    :param logger: a ``logging.Logger``, or a callable that takes the message.
    """

    def __init__(self, logger: Any, service: ReadService) -> None:
        super().__init__(service)
        self._log: Callable[[str], object] = logger if callable(logger) else logger.info

    def _pre_handle(self, request: TFTPRequest) -> None:
        packet = request["packet"]
        self._log(f"TFTP request from {request['address'][0]}: {packet['filename']!r} ({packet['mode']!r})")

"""
A folder of files for phones, without listings, for a plugin to serve.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from twisted.web import http, static
from twisted.web.error import UnsupportedMethod
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from .files import is_temporary
from .ranges import content_range, multipart, parts_asked
from .sending import FileSender

__all__ = ["HTTPNoListingFileService"]

#: Files up to this size are answered with one read and one write: a producer costs a fifth of the rate.
SMALL = 1 << 20

_TEXT = "text/plain"
_TYPES = dict.fromkeys((".cfg", ".boot", ".conf", ".ini", ".txt"), _TEXT)


class _Status(Resource):
    """
    A short plain answer with a status, for requests that no file answers.
    """

    isLeaf = True

    def __init__(self, code: int) -> None:
        super().__init__()
        self._code = code

    def render(self, request: Any) -> bytes:
        request.setResponseCode(self._code)
        request.setHeader(b"content-type", b"text/plain; charset=utf-8")
        return http.RESPONSES[self._code] + b"\n"


_NOT_ALLOWED = _Status(http.NOT_ALLOWED)
_NOT_SATISFIABLE = _Status(http.REQUESTED_RANGE_NOT_SATISFIABLE)
_UNREADABLE = _Status(http.INTERNAL_SERVER_ERROR)
# Files are written in bursts, hundreds in a second.
_date = lru_cache(1000)(http.datetimeToString)
_TROUBLE = frozenset([errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EIO])


class HTTPNoListingFileService(static.File):
    """
    Serves the files below a folder to ``GET`` and ``HEAD``, and nothing else: no listing (403), nothing
    outside the folder even through a symlink (404), no temporary file (404).

    Answers ranges (RFC 9110, 14), ``If-None-Match`` and ``If-Modified-Since`` (RFC 9110, 13.1); large files
    stream with bounded memory.

    :param path: the folder, absolute.
    :param defaultType: of files whose extension says nothing.
    """

    contentTypes = {**static.File.contentTypes, **_TYPES}
    # Phones take what they get as it is: a .gz firmware is not an encoding of another file.
    contentEncodings: dict[str, str] = {}
    childNotFound: Any = _Status(http.NOT_FOUND)
    forbidden: Any = _Status(http.FORBIDDEN)

    def __init__(
        self,
        path: str,
        defaultType: str = "application/octet-stream",
        ignoredExts: Any = (),
        registry: Any = None,
        allowExt: Any = 0,
    ) -> None:
        super().__init__(path, defaultType, ignoredExts, registry)
        self._root = self

    def directoryListing(self) -> Any:
        return self.forbidden

    def getChildWithDefault(self, path: Any, request: Any) -> Any:
        """
        Return the child that was put under a segment's name, ``bytes`` or ``str``, else :meth:`getChild`'s.
        """
        named = path.encode("utf-8", "surrogatepass") if isinstance(path, str) else path
        return self.children[named] if named in self.children else self.getChild(path, request)

    def getChild(self, path: Any, request: Any) -> Any:
        """
        Return what answers for one segment of the path, ``bytes`` or ``str``.

        Empty segments change nothing: phones whose URL ends in a slash often ask for ``//name``.
        """
        try:
            name = path.decode("utf-8") if isinstance(path, bytes) else path
        except UnicodeDecodeError:
            return self.childNotFound
        if name == ".." or "/" in name or "\0" in name or is_temporary(name):
            return self.childNotFound
        return self.createSimilarFile(os.path.join(self.path, name))

    def createSimilarFile(self, path: str) -> Any:
        kind = type(self)
        similar = kind.__new__(kind)
        similar.__dict__.update(self.__dict__)
        similar.children = {}
        similar.path = path
        similar._statinfo = None
        return similar

    def render(self, request: Any) -> Any:
        if request.method == b"GET":
            return self.render_GET(request)
        try:
            return super().render(request)
        except UnsupportedMethod as error:
            request.setHeader(b"allow", b", ".join(error.allowedMethods))
            return _NOT_ALLOWED.render(request)

    def render_GET(self, request: Any) -> Any:
        """
        Answer with the file, or the parts of it that are asked for.
        """
        try:
            descriptor, status = _open_inside(self.path, self._root.path)
        except IsADirectoryError:
            return self.forbidden.render(request)
        except OSError as error:
            return (_UNREADABLE if error.errno in _TROUBLE else self.childNotFound).render(request)
        except ValueError:  # a name that the file system's encoding lacks
            return self.childNotFound.render(request)
        request.served_path = self.path  # for whoever wants to know what the phone was sent
        sender = None
        try:
            if _not_modified(request, status):
                request.setResponseCode(http.NOT_MODIFIED)
                return b""
            size = status.st_size
            kind = self._content_type()
            headers = request.responseHeaders
            headers.setRawHeaders(b"content-type", [kind])
            headers.setRawHeaders(b"accept-ranges", [b"bytes"])
            elsewhere = None if size <= SMALL else _sent_by_nginx(request, self.path, status)
            if elsewhere is not None:
                headers.setRawHeaders(b"x-accel-redirect", [elsewhere])
                return b""
            if request.method == b"HEAD":
                headers.setRawHeaders(b"content-length", [b"%d" % size])
                return b""
            parts = _parts_asked(request, size)
            if parts is None and size <= SMALL:
                content = os.read(descriptor, size) if size else b""
                headers.setRawHeaders(b"content-length", [b"%d" % len(content)])
                return content
            if parts == []:
                headers.setRawHeaders(b"content-range", [b"bytes */%d" % size])
                return _NOT_SATISFIABLE.render(request)
            sender = FileSender(request, descriptor, _announce(request, parts, size, kind))
        finally:
            if sender is None:
                os.close(descriptor)
        sender.start()
        return NOT_DONE_YET

    def render_HEAD(self, request: Any) -> Any:
        return self.render_GET(request)

    def _content_type(self) -> bytes:
        kind: str = self.type or self.contentTypes.get(
            os.path.splitext(self.path)[1].lower(), self.defaultType
        )
        return kind.encode("ascii", "replace")


def _sent_by_nginx(request: Any, path: str, status: os.stat_result) -> bytes | None:
    """
    Return the internal location of a file that nginx is to send: one of the folder that it has, and that
    everybody on this machine may read and get to, as firmware but no phone's file is; None if it's ours.
    """
    accel = getattr(request, "accel", None)
    if accel is None or not status.st_mode & stat.S_IROTH:
        return None
    prefix, folder = accel
    where = os.path.relpath(path, folder)
    if where.startswith("..") or not _lets_everybody_in(path):
        return None
    return quote(f"{prefix}/{where}").encode("ascii")


def _lets_everybody_in(path: str) -> bool:
    folders = Path(os.path.realpath(path)).parents
    try:
        return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)
    except OSError:
        return False


def _announce(request: Any, parts: list[range] | None, size: int, kind: bytes) -> Sequence[bytes | range]:
    """
    Set the headers of an answer that is sent bit by bit, and return its pieces.
    """
    headers = request.responseHeaders
    pieces: Sequence[bytes | range] = parts or [range(size)]
    length = len(pieces[0])
    if parts is not None:
        request.setResponseCode(http.PARTIAL_CONTENT)
        if len(parts) == 1:
            headers.setRawHeaders(b"content-range", [content_range(parts[0], size)])
        else:
            whole, pieces, length = multipart(parts, size, kind)
            headers.setRawHeaders(b"content-type", [whole])
    headers.setRawHeaders(b"content-length", [b"%d" % length])
    return pieces


def _open_inside(path: str, root: str) -> tuple[int, os.stat_result]:
    """
    Open a regular file for reading if it is really below ``root``, symlinks followed; return the descriptor.

    :raises OSError: if it isn't, doesn't exist or can't be read; ``IsADirectoryError`` for a folder.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
    if path.rpartition("/")[0] != root:
        # Some folder in between may be a link: compare where it really leads.
        _check_below(path, root)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        _check_below(path, root)
        descriptor = os.open(os.path.realpath(path), flags)
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return descriptor, status
    os.close(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(path)
    raise FileNotFoundError(path)


def _check_below(path: str, root: str) -> None:
    real_root = os.path.realpath(root)
    if os.path.commonpath((real_root, os.path.realpath(path))) != real_root:
        raise FileNotFoundError(path)


def _not_modified(request: Any, status: os.stat_result) -> bool:
    """
    Set the validators of a file, and tell whether the phone has this very content already.
    """
    tag = b'"%x-%x"' % (status.st_mtime_ns, status.st_size)
    request.responseHeaders.setRawHeaders(b"etag", [tag])
    modified = int(status.st_mtime)
    request.responseHeaders.setRawHeaders(b"last-modified", [_date(modified)])
    asked = request.requestHeaders
    tags = asked.getRawHeaders(b"if-none-match")
    if tags is not None:
        known = {known.strip().removeprefix(b"W/") for line in tags for known in line.split(b",")}
        return tag in known or b"*" in known
    since = asked.getRawHeaders(b"if-modified-since")
    return since is not None and _not_since(modified, since[-1])


def _parts_asked(request: Any, size: int) -> list[range] | None:
    """
    Return the parts of a file that the phone asks for, if its first part is still of this very content
    (``If-Range``); None for the whole file.
    """
    asked = request.requestHeaders
    header = asked.getRawHeaders(b"range")
    if header is None:
        return None
    condition = asked.getRawHeaders(b"if-range")
    if condition is not None:
        validators = [request.responseHeaders.getRawHeaders(name)[0] for name in (b"etag", b"last-modified")]
        if condition[-1] not in validators:
            return None
    return parts_asked(header[-1], size)


def _not_since(modified: int, header: bytes) -> bool:
    try:
        since: datetime = parsedate_to_datetime(header.decode("ascii"))
        return modified <= since.timestamp()
    except (ValueError, TypeError, OverflowError):
        return False

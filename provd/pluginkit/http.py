"""
A folder of files for phones, without listings, for a plugin to serve.
"""

from __future__ import annotations

import errno
import os
import stat
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from twisted.web import http, static
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from .files import is_temporary

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

    def __init__(self, code: int, allow: bytes | None = None) -> None:
        super().__init__()
        self._code = code
        self._allow = allow

    def render(self, request: Any) -> bytes:
        request.setResponseCode(self._code)
        request.setHeader(b"content-type", b"text/plain; charset=utf-8")
        if self._allow is not None:
            request.setHeader(b"allow", self._allow)
        return http.RESPONSES[self._code] + b"\n"


_NOT_FOUND = _Status(http.NOT_FOUND)
_FORBIDDEN = _Status(http.FORBIDDEN)
_NOT_ALLOWED = _Status(http.NOT_ALLOWED, b"GET, HEAD")


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
        self._size = 0

    def directoryListing(self) -> Resource:
        return _FORBIDDEN

    def getChild(self, path: Any, request: Any) -> Any:
        """
        Return what answers for one segment of the path, ``bytes`` or ``str``.
        """
        try:
            name = path.decode("utf-8") if isinstance(path, bytes) else path
        except UnicodeDecodeError:
            return _NOT_FOUND
        if name in ("", "."):
            return _FORBIDDEN
        if name == ".." or "/" in name or "\0" in name or is_temporary(name):
            return _NOT_FOUND
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
        method = request.method
        if method not in (b"GET", b"HEAD"):
            return _NOT_ALLOWED.render(request)
        if method == b"HEAD":
            return self.render_HEAD(request)
        return self.render_GET(request)

    def render_GET(self, request: Any) -> Any:
        return self._answer(request)

    def render_HEAD(self, request: Any) -> Any:
        return self._answer(request)

    def _answer(self, request: Any) -> Any:
        try:
            descriptor = _open_inside(self.path, self._root.path)
        except IsADirectoryError:
            return _FORBIDDEN.render(request)
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EIO):
                return _Status(http.INTERNAL_SERVER_ERROR).render(request)
            return _NOT_FOUND.render(request)
        close = True
        try:
            status = os.fstat(descriptor)
            if _not_modified(request, status):
                request.setResponseCode(http.NOT_MODIFIED)
                return b""
            headers = request.responseHeaders
            headers.setRawHeaders(b"content-type", [self._content_type().encode("ascii", "replace")])
            headers.setRawHeaders(b"accept-ranges", [b"bytes"])
            prefix = getattr(request, "accel_prefix", None)
            if prefix is not None and status.st_size > SMALL:
                where = os.path.relpath(self.path, self._root.path)
                headers.setRawHeaders(b"x-accel-redirect", [_escaped(f"{prefix}/{where}")])
                return b""
            if _wants_range(request) or status.st_size > SMALL:
                close = False
                return self._stream(request, descriptor, status.st_size)
            content = os.read(descriptor, status.st_size) if status.st_size else b""
            headers.setRawHeaders(b"content-length", [b"%d" % len(content)])
            return content if request.method == b"GET" else b""
        finally:
            if close:
                os.close(descriptor)

    def _content_type(self) -> str:
        # A type that the plugin set on the service stays.
        kind: str = self.type or self.contentTypes.get(
            os.path.splitext(self.path)[1].lower(), self.defaultType
        )
        if kind == "text/html" and not self.path.endswith((".html", ".htm")):
            return self.defaultType if self.defaultType != "text/html" else "application/octet-stream"
        return kind

    def getFileSize(self) -> int:
        return self._size

    def _stream(self, request: Any, descriptor: int, size: int) -> Any:
        self.type, self.encoding, self._size = self._content_type(), None, size
        content = os.fdopen(descriptor, "rb")
        try:
            producer = self.makeProducer(request, content)
        except BaseException:
            content.close()
            raise
        if request.method == b"HEAD":
            content.close()
            return b""
        producer.start()
        return NOT_DONE_YET


def _open_inside(path: str, root: str) -> int:
    """
    Open a regular file for reading if it is really below ``root``, symlinks followed.

    :raises OSError: if it isn't, doesn't exist or can't be read; ``IsADirectoryError`` for a folder.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
    if os.path.dirname(path) != root:
        # Some folder in between may be a link: compare where it really leads.
        _check_below(path, root)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        _check_below(path, root)
        descriptor = os.open(os.path.realpath(path), flags)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
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
    request.responseHeaders.setRawHeaders(b"last-modified", [http.datetimeToString(modified)])
    asked = request.requestHeaders
    tags = asked.getRawHeaders(b"if-none-match")
    if tags is not None:
        known = {known.strip().removeprefix(b"W/") for line in tags for known in line.split(b",")}
        return tag in known or b"*" in known
    since = asked.getRawHeaders(b"if-modified-since")
    return since is not None and _not_since(modified, since[-1])


def _wants_range(request: Any) -> bool:
    """
    Tell whether a part is asked for, and the phone's first part is still of this very content (``If-Range``).
    """
    asked = request.requestHeaders
    if not asked.hasHeader(b"range"):
        return False
    condition = asked.getRawHeaders(b"if-range")
    validators = [request.responseHeaders.getRawHeaders(name)[0] for name in (b"etag", b"last-modified")]
    if condition is not None and condition[-1] not in validators:
        asked.removeHeader(b"range")
        return False
    return True


def _not_since(modified: int, header: bytes) -> bool:
    try:
        since: datetime = parsedate_to_datetime(header.decode("ascii"))
        return modified <= since.timestamp()
    except (ValueError, TypeError, OverflowError):
        return False


def _escaped(path: str) -> bytes:
    return quote(path).encode("ascii")

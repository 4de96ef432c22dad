"""
The main log: one line for each event of provd, Twisted and Python's own ``logging`` (which plugins use), on
standard output and standard error, and in a file if one is set.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

from twisted.internet.interfaces import IReactorTime
from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent
from twisted.python.failure import Failure
from twisted.python.reflect import safe_repr
from zope.interface import implementer

from .loglimits import LineLimiter
from .oneline import one_line

STRANGER = "stranger"
"""
Field of an event that anyone on the network can cause at will: the address that did.  Such lines are limited
to 30 a minute for each address and 600 in all: ``log.info("no file {name}", name=name, stranger=ip)``.  They
come from the reactor's thread.
"""

_LONGEST = 4000
_LEVELS = {
    LogLevel.debug: logging.DEBUG,
    LogLevel.info: logging.INFO,
    LogLevel.warn: logging.WARNING,
    LogLevel.error: logging.ERROR,
    LogLevel.critical: logging.CRITICAL,
}


class Secret:
    """
    A text that must never be read in a log, a trace or an error message: it shows itself as ``<secret>``.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """
        Return the text, for the one place that uses it.
        """
        return self._text

    def __repr__(self) -> str:
        return "<secret>"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = (secret._text.encode(errors="surrogatepass") for secret in (self, other))
        return hmac.compare_digest(mine, theirs)

    def __hash__(self) -> int:
        return hash(self._text)


def formatted(level: int, logger: str, message: str, when: float, failure: Failure | None = None) -> str:
    """
    Return one event as a line, with the line end; a traceback follows it, each line indented.

    :param level: of :mod:`logging`.
    :param when: seconds since the epoch, shown in the local zone.
    """
    local = time.localtime(when)
    date, zone = time.strftime("%Y-%m-%d %H:%M:%S", local), time.strftime("%z", local)
    place = f"[pid {os.getpid()}] [tid {threading.get_native_id()}] ({logging.getLevelName(level)})"
    if len(message) > _LONGEST:
        message = message[:_LONGEST] + "..."
    lines = [
        f"{date},{int(when * 1000) % 1000:03d} {zone} {place} ({one_line(str(logger))}): {one_line(message)}"
    ]
    if failure is not None:
        lines += ["    " + one_line(line) for line in failure.getTraceback().splitlines()]
    return "\n".join(lines) + "\n"


@implementer(ILogObserver)
class MainLog:
    """
    The observer that writes the main log.  Nothing that goes wrong here reaches who logged.

    Make it before logging begins, as Twisted then puts itself in the place of ``sys.stdout``.

    :param clock: for the limits of what strangers cause; without one, there are none.
    :param path: a file to append to as well, or None.  That it can't be opened is told on standard error.
    """

    def __init__(
        self,
        path: Path | None = None,
        verbose: bool = False,
        clock: IReactorTime | None = None,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
    ) -> None:
        self._stdout, self._stderr = stdout or sys.stdout, stderr or sys.stderr
        self._path = path
        self._file: TextIO | None = None
        self._limiter = LineLimiter(clock, self._left_out) if clock is not None else None
        self.bridge = _Bridge(self)
        self._level_before = logging.WARNING
        self.verbose = verbose

    @property
    def verbose(self) -> bool:
        """
        Whether debugging messages are written; may be switched at any time.
        """
        return self._lowest == logging.DEBUG

    @verbose.setter
    def verbose(self, value: bool) -> None:
        self._lowest = logging.DEBUG if value else logging.INFO
        if self.bridge in logging.getLogger().handlers:
            logging.getLogger().setLevel(self._lowest)

    def start(self) -> None:
        """
        Open the file, and take what is logged through :mod:`logging`.
        """
        self.reopen()
        root = logging.getLogger()
        self._level_before = root.level
        root.addHandler(self.bridge)
        root.setLevel(self._lowest)

    def stop(self) -> None:
        """
        Undo :meth:`start`; events still go to standard output.
        """
        root = logging.getLogger()
        if self.bridge in root.handlers:
            root.removeHandler(self.bridge)
            root.setLevel(self._level_before)
        if self._limiter is not None:
            self._limiter.finish()
        self._close()

    def reopen(self) -> None:
        """
        Open the file anew, as after a rotation that renamed it.
        """
        self._close()
        if self._path is None:
            return
        try:
            self._file = open(self._path, "a", encoding="utf-8", opener=_opener)  # noqa: SIM115
        except OSError as error:
            self.write(logging.ERROR, "provd.logs", f"no log in {self._path}: {error.strerror}", time.time())

    def __call__(self, event: LogEvent) -> None:
        level = _LEVELS.get(event.get("log_level", LogLevel.info), logging.INFO)
        if level < self._lowest or not self._allowed(event.get(STRANGER)):
            return
        failure = event.get("log_failure")
        if failure is None and isinstance(
            event.get("failure"), Failure
        ):  # log.err(), whose text holds it all
            failure, message = event["failure"], str(event.get("why") or "")
        else:
            message = formatEvent(event)
        if failure is not None and not message:
            message = "unhandled error"
        logger, when = event.get("log_namespace") or "-", event.get("log_time", time.time())
        self.write(level, logger, message, when, failure)

    def write(
        self, level: int, logger: str, message: str, when: float, failure: Failure | None = None
    ) -> None:
        """
        Write one event, whatever its level.
        """
        text = formatted(level, logger, message, when, failure)
        stream = self._stderr if level >= logging.ERROR else self._stdout
        for target in (stream, self._file):
            if target is not None:
                _append(target, text)

    def _allowed(self, stranger: Any) -> bool:
        return stranger is None or self._limiter is None or self._limiter.allows(str(stranger))

    def _left_out(self, count: int) -> None:
        self.write(logging.WARNING, "provd.logs", f"{count} lines that requests caused left out", time.time())

    def _close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        self._file = None


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags, 0o640)


def _append(target: TextIO, text: str) -> None:
    # A closed pipe or a full disk has nowhere to be told.
    with contextlib.suppress(OSError, ValueError):
        try:
            target.write(text)
        except UnicodeEncodeError:
            target.write(text.encode("ascii", "backslashreplace").decode("ascii"))
        target.flush()


class _Bridge(logging.Handler):
    """
    Writes what :mod:`logging` takes straight into the main log, so that nothing goes in circles.
    """

    def __init__(self, log: MainLog) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except Exception:
            message = f"unreadable message {safe_repr(record.msg)}"
        failure = None
        if record.exc_info and record.exc_info[1] is not None:
            failure = Failure(record.exc_info[1], record.exc_info[0], record.exc_info[2])
        self._log.write(record.levelno, record.name, message, record.created, failure)

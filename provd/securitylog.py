"""
The security log, which fail2ban reads: what strangers did to the daemon, and from which address.

An address that tries something that it hasn't tried before, as no phone does for long, gets the line
``Probe from <HOST>: <name>`` in front; those are what it is banned for.  The other lines are written of
phones, too.

Its filters look for ``New device created automatically from <HOST>:`` and the like, some anywhere in a line.
So what a stranger chose comes last, and without a space: no file name can hold such a text.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from .addresses import plain_address
from .loglimits import LineLimiter
from .probes import Probes, shape

_LONGEST_NAME = 300
_MODE = 0o640
# Lines of an address and of all in a minute.  Of probes there are more: whatever else is written leaves room
# for those that an address is banned for.
_LINES = 10, 200
_PROBES = 20, 400


class SecurityLog:
    """
    Appends one line for each thing that a stranger did: at most 30 a minute for each address and 600 in all,
    what is left out being counted in one line.  A log that can't be written breaks nothing; the main log says
    so once.

    :param path: opened when the first line is written, or by :meth:`reopen`; None writes nothing.
    :param clock: for the limits.
    :param now: seconds since the epoch; lines show local time, as fail2ban expects it.
    """

    _log = Logger()

    def __init__(self, path: Path | None, clock: IReactorTime, now: Callable[[], float] = time.time) -> None:
        self._path, self._now = path, now
        self._limiter = LineLimiter(clock, self._left_out, *_LINES)
        self._probes = Probes(clock)
        self._probe_limiter = LineLimiter(clock, self._left_out, *_PROBES)
        self._descriptor: int | None = None
        self._torn = False
        #: Why no line can be written now, None if one can.
        self.problem: str | None = None

    @property
    def path(self) -> Path | None:
        """
        The file.
        """
        return self._path

    def device_created(self, ip: str, device_id: str) -> None:
        """
        A request of an unknown phone, or a DHCP push, made a device.
        """
        self._write("New device created automatically from", ip, device_id)

    def sensitive_file(self, ip: str, name: str) -> None:
        """
        A file that its plugin calls sensitive was asked for, whatever the answer.
        """
        self._write("Sensitive file requested from", ip, name)

    def unidentified_request(self, ip: str, name: str, is_proven: bool = False) -> None:
        """
        A request told nothing about a phone.

        :param is_proven: whether it came from that address for sure: over UDP anybody can say so, and have
            somebody else banned.
        """
        if is_proven:
            self.probe(ip, shape(name), name)
        self._write("Unidentified request from", ip, name)

    def wrong_provisioning_key(self, ip: str, tried: str | None = None) -> None:
        """
        A URL began with a key that opens nothing there.

        :param tried: the key, which is not written; None if it is somebody's.
        """
        if tried is not None:
            self.probe(ip, tried, "key")
        self._write("Wrong provisioning key from", ip)

    def probe(self, ip: str, tried: str, name: str) -> None:
        """
        An address tried something that no phone does; it counts once.  The address must be the sender's for
        sure, as with TCP.

        :param tried: what makes it another try, which is not written.
        """
        address = _address(ip)
        if self._probes.is_new(address, tried):
            self._write("Probe from", ip, name, self._probe_limiter)

    def reopen(self) -> None:
        """
        Open the file anew, making it if it isn't there: at start, and after a rotation that renamed it.
        """
        self._close()
        if self._path is None:
            return
        try:
            self._open(self._path)
            self.problem = None
        except OSError as error:
            self._failed(error)

    def close(self) -> None:
        """
        Write what is still to be counted, and close the file.
        """
        self._limiter.finish()
        self._probe_limiter.finish()
        self._close()

    def _write(self, what: str, ip: str, name: str | None = None, limiter: LineLimiter | None = None) -> None:
        address = _address(ip)
        if self._path is not None and (limiter or self._limiter).allows(address):
            self._append(f"{what} {address}" if name is None else f"{what} {address}: {quoted(name)}")

    def _left_out(self, count: int) -> None:
        self._append(f"{count} lines left out")

    def _append(self, message: str) -> None:
        assert self._path is not None
        now = self._now()
        date = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))
        line = f"[{date},{int(now * 1000) % 1000:03d}] {message}\n".encode("ascii")
        if self._torn:  # a full disk cut the last line: fail2ban must not read this one as its end
            line = b"\n" + line
        try:
            written = os.write(self._open(self._path), line)
        except OSError as error:
            self._failed(error)
            return
        self._torn = written < len(line)
        self.problem = None

    def _open(self, path: Path) -> int:
        if self._descriptor is None:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY
            try:
                self._descriptor = os.open(path, flags | os.O_EXCL, _MODE)
                os.fchmod(self._descriptor, _MODE)  # twistd's umask would keep fail2ban's group out
            except FileExistsError:
                self._descriptor = os.open(path, flags, _MODE)
        return self._descriptor

    def _failed(self, error: OSError) -> None:
        if self.problem is None:
            self._log.error("no security log in {path}: {reason}", path=self._path, reason=error.strerror)
        self.problem = error.strerror

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None


def quoted(name: str) -> str:
    """
    Return what a stranger chose as printable ASCII without a space or a line end, 300 characters at most.
    """
    pieces: list[str] = []
    room = _LONGEST_NAME
    for char in name[: _LONGEST_NAME + 1]:
        piece = char if "!" <= char <= "~" and char != "\\" else _escape(char)
        room -= len(piece)
        if room < 0:
            return "".join(pieces) + "..."
        pieces.append(piece)
    return "".join(pieces)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def _address(ip: str) -> str:
    """
    Return an address that fail2ban can ban; ``-``, which it takes for none, where the caller has none.
    """
    try:
        return plain_address(ip)
    except ValueError:
        return "-"

"""
A connection to Asterisk's manager port, kept for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.defer import TimeoutError as TookTooLong
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.task import deferLater
from twisted.logger import Logger

from provd.downloads.failures import FORESEEN, told
from provd.downloads.receiving import Stalled
from provd.downloads.waits import in_time
from provd.logs import Secret
from provd.neighbor import certificate_policy
from provd.settings.model import Ami

from .amimessages import AMIError, Message
from .amisession import Session, SessionEnded
from .asterisk import SaidNo
from .sip import CannotNotify

__all__ = ["AsteriskManager"]

_DENIED = "Permission denied"


class AsteriskManager(Service):
    """
    See ``asterisk.Manager``.
    """

    LONGEST = 10.0
    """Seconds that an action may take, with the wait for a connection."""

    IDLE = 30.0
    """Seconds between two looks whether Asterisk is still there."""

    FIRST_PAUSE, LONGEST_PAUSE = 1.0, 32.0

    name = "Asterisk's manager port"
    _log = Logger()

    def __init__(self, settings: Ami, reactor: Any) -> None:
        self._settings = settings
        self._reactor = reactor
        self._endpoint = _endpoint(settings, self.LONGEST, reactor)
        self._session: Session | None = None
        self._why = "not connected yet"
        self._is_refused = False
        self._waiting: list[Deferred[None]] = []
        self._loop: Deferred[None] | None = None

    def startService(self) -> None:
        super().startService()
        self._loop = Deferred.fromCoroutine(self._stay_connected())
        self._loop.addErrback(lambda failure: failure.trap(CancelledError))

    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        if self._loop is not None:
            self._loop.cancel()
            await self._loop
        self._why, self._is_refused = "this daemon stops", True
        self._wake()

    def health(self) -> dict[str, str]:
        if self._session is not None:
            return {"status": "ok"}
        return {"status": "fail", "why": self._why}

    async def ask(self, action: str, fields: Sequence[tuple[str, str]], repeatable: bool) -> list[Message]:
        """
        See ``asterisk.Manager``.

        An action that was written to a connection that then broke may have been carried out.  A NOTIFY isn't
        sent again after that: where it means a reboot, the second would meet the phone on its way up again
        and make it reboot once more.  Its failure is told instead, and whoever asked for it decides.
        """
        end = self._reactor.seconds() + self.LONGEST
        while True:
            session = await self._connected(end)
            left = max(end - self._reactor.seconds(), 0.0)
            try:
                return await session.ask(action, fields).addTimeout(left, self._reactor)
            except TookTooLong:
                raise CannotNotify(
                    f"Asterisk gives no answer to {action} within {self.LONGEST:g} s"
                ) from None
            except AMIError as error:
                raise CannotNotify(f"{action} can't be written: {error}") from None
            except SessionEnded as error:
                if not repeatable:
                    raise CannotNotify(
                        f"the connection to Asterisk was lost before it answered {action}, which it may have "
                        f"carried out ({error})"
                    ) from None
            except SaidNo as error:
                if error.message == _DENIED:
                    raise CannotNotify(
                        f"the manager account {self._settings.username} may not {action}: it lacks the write "
                        "permission system in manager.conf"
                    ) from None
                raise

    async def _connected(self, end: float) -> Session:
        left = end - self._reactor.seconds()
        if self._session is None and not self._is_refused and left > 0:
            waiting: Deferred[None] = Deferred(self._waiting.remove)
            self._waiting.append(waiting)
            with suppress(TookTooLong):
                await waiting.addTimeout(left, self._reactor)
                # Not from inside the loop, which could not be stopped from there.
                await deferLater(self._reactor, 0)
        if self._session is None:
            raise CannotNotify(f"no connection to Asterisk's manager port: {self._why}")
        return self._session

    async def _stay_connected(self) -> None:
        pause = rest = self.FIRST_PAUSE
        while True:
            session = await self._connect()
            if session is None:
                await deferLater(self._reactor, pause)
                pause = min(pause * 2, self.LONGEST_PAUSE)
                continue
            pause = self.FIRST_PAUSE
            self._log.info("connected to Asterisk's manager port")
            self._session = session
            began = self._reactor.seconds()
            self._wake()
            try:
                self._why = await self._watch(session)
            finally:
                self._session = None
                session.close()
            self._log.warn("Asterisk's manager port: {why}", why=self._why)
            # One that drops each connection soon is asked ever more slowly for the next.
            lasted = self._reactor.seconds() - began
            rest = self.FIRST_PAUSE if lasted > self.LONGEST_PAUSE else rest
            await deferLater(self._reactor, rest)
            rest = min(rest * 2, self.LONGEST_PAUSE)

    async def _connect(self) -> Session | None:
        """
        Return a session that has logged in, None if that failed.
        """
        session = Session()
        is_refused = False
        try:
            connecting = self._endpoint.connect(Factory.forProtocol(lambda: session))
            await in_time(connecting, self.LONGEST, self._reactor)
            login = Deferred.fromCoroutine(self._log_in(session))
            await in_time(login, self.LONGEST, self._reactor)
        except CancelledError:
            session.close()
            raise
        except SaidNo as error:
            why, is_refused = f"the account is refused: {error.message}", True
        except (SessionEnded, AMIError, Stalled) as error:
            why = str(error)
        except FORESEEN as error:
            why = told(error)
        else:
            self._is_refused = False
            return session
        session.close()
        if why != self._why:  # once, however often it is tried
            self._log.warn("Asterisk's manager port: {why}; tried again for ever", why=why)
        self._why, self._is_refused = why, is_refused
        if is_refused:
            self._wake()
        return None

    async def _log_in(self, session: Session) -> None:
        assert self._settings.password is not None
        (challenge,) = await session.ask("Challenge", [("AuthType", "MD5")])
        login = [
            ("AuthType", "MD5"),
            ("Username", self._settings.username or ""),
            ("Key", _key(challenge.get("challenge"), self._settings.password)),
            ("Events", "off"),
        ]
        await session.ask("Login", login)

    async def _watch(self, session: Session) -> str:
        """
        Wait until a session is gone; return why it is.
        """
        pinging = Deferred.fromCoroutine(self._ping(session))
        pinging.addErrback(lambda failure: failure.trap(CancelledError))
        try:
            return await session.lost
        finally:
            pinging.cancel()

    async def _ping(self, session: Session) -> None:
        while True:
            await deferLater(self._reactor, self.IDLE)
            try:
                await in_time(session.ask("Ping", []), self.LONGEST, self._reactor)
            except Stalled as error:
                session.close(str(error))
                return
            except (SessionEnded, SaidNo):
                return

    def _wake(self) -> None:
        waiting, self._waiting[:] = list(self._waiting), []
        for each in waiting:
            each.callback(None)


def _endpoint(settings: Ami, timeout: float, reactor: Any) -> IStreamClientEndpoint:
    plain = HostnameEndpoint(reactor, settings.host, settings.port, timeout=timeout)
    if not settings.tls:
        return plain
    policy = certificate_policy("ami", settings.verify_certificate)
    return wrapClientTLS(policy.creatorForNetloc(settings.host.encode(), settings.port), plain)


def _key(challenge: str, password: Secret) -> str:
    # What the manager protocol wants; the password itself never travels.
    return hashlib.md5(f"{challenge}{password.reveal()}".encode(), usedforsecurity=False).hexdigest()

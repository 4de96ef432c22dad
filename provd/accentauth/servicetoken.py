"""
The daemon's own token, renewed for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred, DeferredLock
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.logs import Secret
from provd.settings.model import Auth
from provd.waiting import settled

from .client import AuthServer, NewToken, ServerFailed, TokenRefused

__all__ = ["ServiceToken"]

_LIFETIME = 6 * 3600
_RENEWAL = 0.8 * _LIFETIME
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 32.0
_BETWEEN_REFUSALS = 60.0


class ServiceToken(Service):
    """
    Keeps a token of the daemon's account.

    :param renewed: called with each new token; a stop waits for what it returns, if anything.
    :ivar token: the present one, None while there is none.
    """

    name = "service token"
    _log = Logger()

    def __init__(
        self, server: AuthServer, settings: Auth, reactor: Any, renewed: Callable[[NewToken], Any]
    ) -> None:
        self.token: Secret | None = None
        self._server = server
        self._settings = settings
        self._reactor = reactor
        self._renewed = renewed
        self._taken: Any = None
        self._loop: Deferred[None] | None = None
        self._renewing = DeferredLock()
        self._last_refusal = float("-inf")

    def startService(self) -> None:
        super().startService()
        self._loop = Deferred.fromCoroutine(self._renew_for_ever())
        self._loop.addErrback(lambda failure: failure.trap(CancelledError))

    async def _stop(self) -> None:
        if self._loop is not None:
            self._loop.cancel()
            await self._loop
        await settled(self._taken)
        await self._server.close()

    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def renewed(self, refused: Secret) -> Secret | None:
        """
        Return a token other than one that a neighbor has refused, as when accent-auth lost it; None if there
        is none.  Where the account itself lacks a permission no token helps: a new one is made at most once a
        minute.
        """
        await self._renewing.acquire()  # who asks meanwhile gets the new one, too
        try:
            if self.token == refused and self._reactor.seconds() >= self._last_refusal + _BETWEEN_REFUSALS:
                self._last_refusal = self._reactor.seconds()
                new = await self._new()
                self._take(new)
        except (ServerFailed, TokenRefused, ValueError):
            return None
        finally:
            self._renewing.release()
        return None if self.token == refused else self.token

    async def _renew_for_ever(self) -> None:
        pause = _FIRST_PAUSE
        while self.running:
            try:
                new = await self._new()
            except (ServerFailed, TokenRefused, ValueError) as error:
                if not self.running:  # a call that is cancelled may fail in its own way
                    return
                why = str(error) or "the account is refused"
                self._log.warn(
                    "no token of accent-auth: {why}; next try in {pause:g} s", why=why, pause=pause
                )
                await deferLater(self._reactor, pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            self._take(new)
            await deferLater(self._reactor, _RENEWAL)

    def _take(self, new: NewToken) -> None:
        self.token = new.text
        self._taken = self._renewed(new)

    async def _new(self) -> NewToken:
        settings = self._settings
        if settings.username is not None and settings.password is not None:
            account = settings.username, settings.password
        else:
            account = await deferToThread(_account, settings.key_file)
        return await self._server.new_token(*account, _LIFETIME)


def _account(path: Path | None) -> tuple[str, Secret]:
    """
    Return the account that a key file names; it may come after the daemon, so it is read at each try.

    :raises ValueError: if there is none.
    """
    if path is None:
        raise ValueError("auth.username and auth.password are missing, and so is auth.key_file")
    try:
        content = yaml.safe_load(path.read_bytes())
        return str(content["service_id"]), Secret(str(content["service_key"]))
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}") from None
    except (yaml.YAMLError, KeyError, TypeError):
        raise ValueError(f"{path} has no service_id and service_key") from None

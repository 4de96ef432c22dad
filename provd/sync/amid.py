"""
Asterisk's manager interface through amid, the daemon that offers it over HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from provd.logs import Secret
from provd.neighbor import Calls
from provd.settings.model import Amid

from .amimessages import Message
from .asterisk import LookupRefused, SaidNo
from .sip import CannotNotify

__all__ = ["AmidManager"]

_LONGEST = 200


class Tokens(Protocol):
    """
    The daemon's own token.
    """

    token: Secret | None

    async def renewed(self, refused: Secret) -> Secret | None:
        """
        Return a token other than one that was refused, None if there is none.
        """


class AmidManager(Service):
    """
    See ``asterisk.Manager``.

    :param tokens: None where the daemon has no account of accent-auth.
    """

    FORGET_REFUSAL = 600.0
    """Seconds after which a look-up that wasn't allowed is tried again."""

    name = "amid"
    _log = Logger()

    def __init__(self, settings: Amid, tokens: Tokens | None, reactor: Any) -> None:
        self._calls = Calls("amid", "amid", settings, settings.timeout, CannotNotify, reactor)
        self._tokens = tokens
        self._reactor = reactor
        self._why = ""
        self._no_lookup_before = float("-inf")

    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._calls.close())

    def health(self) -> dict[str, str]:
        why = self._why or self._lacks()
        return {"status": "fail", "why": why} if why else {"status": "ok"}

    async def ask(self, action: str, fields: Sequence[tuple[str, str]], repeatable: bool) -> list[Message]:
        """
        See ``asterisk.Manager``.

        The tokens of existing servers may only ask for ``PJSIPNotify``: look-ups are then left out.
        """
        if repeatable and self._reactor.seconds() < self._no_lookup_before:
            raise LookupRefused("amid doesn't allow look-ups")
        status, body = await self._called(action, fields)
        if status in (401, 403, 404) and repeatable:
            self._no_lookup_before = self._reactor.seconds() + self.FORGET_REFUSAL
            self._log.warn(
                "amid answers {status} to {action}: it isn't looked up where phones are registered; the "
                "daemon's account lacks amid.action.{action}.create",
                status=status,
                action=action,
            )
            raise LookupRefused("amid doesn't allow look-ups")
        self._why = "" if status == 200 else f"amid answers {status} to {action}"
        if self._why:
            raise CannotNotify(self._why)
        messages = _messages(body)
        for message in messages:
            if message.get("response") == "Error":
                raise SaidNo(action, message.get("message")[:_LONGEST] or "no reason")
        return messages

    async def _called(self, action: str, fields: Sequence[tuple[str, str]]) -> tuple[int, Any]:
        tokens, token = self._tokens, None if self._tokens is None else self._tokens.token
        if tokens is None or token is None:
            raise CannotNotify(self._lacks())
        try:
            answer = await self._post(action, fields, token)
            # An answer of 401 is sure not to have reached Asterisk, so nothing is done twice.
            if answer[0] == 401 and (other := await tokens.renewed(token)) is not None:
                answer = await self._post(action, fields, other)
        except CannotNotify as error:
            self._why = str(error)
            raise
        return answer

    async def _post(self, action: str, fields: Sequence[tuple[str, str]], token: Secret) -> tuple[int, Any]:
        body: dict[str, Any] = {}
        for name, value in fields:
            if name == "Variable":
                body.setdefault(name, []).append(value)
            else:
                body[name] = value
        headers = {"X-Auth-Token": token.reveal()}
        return await self._calls.call("POST", f"/action/{action}", headers=headers, body=body)

    def _lacks(self) -> str:
        if self._tokens is None:
            return "amid wants a token of accent-auth, and auth.type is local"
        return "" if self._tokens.token is not None else "no token of accent-auth yet"


def _messages(body: Any) -> list[Message]:
    """
    Return the messages that amid answers with, whatever it answers.

    :raises CannotNotify: if there is none.
    """
    items = body if isinstance(body, list) else []
    messages = [
        Message({str(name).lower(): str(value) for name, value in item.items()})
        for item in items
        if isinstance(item, dict)
    ]
    if not any(message.get("response") for message in messages):
        raise CannotNotify("amid answers 200 without the response of Asterisk")
    return messages

"""
A NOTIFY sent by Asterisk (PJSIP), asked through its manager interface.

Asterisk says "NOTIFY sent" of an endpoint without a phone, and of an address while it lacks the endpoint that
it needs for that: so it is asked for both before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

from .amimessages import Message
from .contacts import Contact, Registered, among_all, of_endpoint
from .phone import Phone
from .sip import CannotNotify, NotRegistered
from .ways import Notify, Record, refuse_rivals

__all__ = ["AsteriskWay", "LookupRefused", "Manager", "SaidNo"]

_READ_A_TURN = 500


class SaidNo(CannotNotify):
    """
    Asterisk answers an action with an error.
    """

    def __init__(self, action: str, message: str) -> None:
        super().__init__(f"Asterisk refuses {action}: {message}")
        self.message = message


class LookupRefused(CannotNotify):
    """
    The manager may not tell where phones are registered.
    """


class Manager(Protocol):
    """
    Something that speaks to Asterisk's manager interface.
    """

    async def ask(self, action: str, fields: Sequence[tuple[str, str]], repeatable: bool) -> list[Message]:
        """
        Return the answer to an action, and the events of the list that it begins.

        :param repeatable: whether the action may be sent again if it isn't known whether it was carried out.
        :raises SaidNo: if the answer is an error.
        :raises LookupRefused: if a repeatable action isn't allowed, where that is no mistake.
        :raises CannotNotify: if there is no answer.
        """

    def health(self) -> dict[str, str]:
        """
        Return ``status`` (``ok`` or ``fail``), and ``why`` where it fails.
        """


class AsteriskWay:
    """
    See ``ways.Way``.

    :param sender: the endpoint in whose name Asterisk sends to addresses, ``default_outbound_endpoint`` of
        its global settings; None: not looked for.
    """

    def __init__(self, manager: Manager, record: Record, sender: str | None, reactor: IReactorTime) -> None:
        self._reactor = reactor
        self._manager = manager
        self._record = record
        self._sender = sender
        self._waiting: list[Deferred[Registered]] = []
        self._is_listing = False

    def health(self) -> dict[str, str]:
        return self._manager.health()

    async def to_endpoint(self, phone: Phone, notify: Notify) -> None:
        endpoint = phone.endpoint
        assert endpoint is not None
        try:
            registered = await self._of(endpoint)
        except LookupRefused:
            refuse_rivals(self._record, phone)
            await self._send("Endpoint", endpoint, notify)
            return
        if not registered:
            raise NotRegistered(f"no phone is registered as {endpoint}")
        record = self._record
        chosen = of_endpoint(
            phone,
            registered,
            lambda mac: record.is_anothers(phone, mac),
            record.sharers(phone) > 0,
            record.has_rivals(phone),
        )
        await self._send_to(chosen, registered, notify)

    async def to_contact(self, phone: Phone, notify: Notify) -> bool:
        record = self._record
        try:
            registered = await self._all()
        except LookupRefused:
            return False
        chosen = among_all(
            phone,
            registered,
            lambda mac: record.is_anothers(phone, mac),
            lambda endpoint: record.is_anothers_endpoint(phone, endpoint),
            record.sharers(phone) > 0,
        )
        if not chosen:
            return False
        await self._send_to(chosen, registered.of(chosen[0].endpoint), notify)
        return True

    async def to_peer(self, endpoint: str, notify: Notify) -> None:
        try:
            if not await self._of(endpoint):
                raise NotRegistered(f"no phone is registered as {endpoint}")
        except LookupRefused:
            pass
        await self._send("Endpoint", endpoint, notify)

    async def to_address(self, phone: Phone, ip: str, notify: Notify) -> None:
        host = f"[{ip}]" if ":" in ip else ip
        await self._send_to_uri(f"sip:anonymous@{host}", notify)

    async def _send_to(self, chosen: list[Contact], all_of_it: list[Contact], notify: Notify) -> None:
        """
        Notify by the endpoint where that reaches the chosen and no other: Asterisk then answers a challenge
        in its name and goes through its proxies.
        """
        if set(chosen) == set(all_of_it):
            await self._send("Endpoint", chosen[0].endpoint, notify)
            return
        if any(contact.path for contact in chosen):
            raise CannotNotify(
                f"several phones are registered as {chosen[0].endpoint} through a proxy, where Asterisk "
                "can't reach one alone"
            )
        for contact in chosen:
            await self._send_to_uri(contact.uri, notify)

    async def _send_to_uri(self, uri: str, notify: Notify) -> None:
        if self._sender is not None:
            try:
                await self._of(self._sender)
            except NotRegistered:
                raise CannotNotify(
                    f"Asterisk has no endpoint {self._sender}, without which it sends to no address"
                ) from None
            except LookupRefused:
                pass
        await self._send("URI", uri, notify)

    async def _send(self, key: str, target: str, notify: Notify) -> None:
        variables = [("Event", notify.event), *notify.variables]
        fields = [("Variable", f"{name}={_escaped(value)}") for name, value in variables]
        await self._manager.ask("PJSIPNotify", [*fields, (key, target)], repeatable=False)

    async def _of(self, endpoint: str) -> list[Contact]:
        """
        Return the contacts of an endpoint.

        :raises NotRegistered: if there is no such endpoint.
        """
        try:
            answer = await self._manager.ask("PJSIPShowEndpoint", [("Endpoint", endpoint)], repeatable=True)
        except SaidNo as error:
            if error.message.startswith("Unable to retrieve endpoint"):
                raise NotRegistered(f"Asterisk has no endpoint {endpoint}") from None
            raise
        return [_contact(event, endpoint) for event in answer if event.get("event") == "ContactStatusDetail"]

    async def _all(self) -> Registered:
        """
        Return all contacts.  Who asks while a list is coming gets that one: it is long where there are many
        phones, and all of them may be synchronized at once.
        """
        mine: Deferred[Registered] = Deferred(self._waiting.remove)
        self._waiting.append(mine)
        if not self._is_listing:
            self._is_listing = True
            Deferred.fromCoroutine(self._list()).addBoth(self._listed)
        return await mine

    async def _list(self) -> Registered:
        try:
            answer = await self._manager.ask("PJSIPShowContacts", [], repeatable=True)
        except SaidNo as error:
            if error.message.startswith("No Contacts found"):
                return Registered()
            raise
        registered = Registered()
        for position, event in enumerate(answer, 1):
            if event.get("event") == "ContactList":
                registered.add(_contact(event, event.get("endpoint")))
            if position % _READ_A_TURN == 0:
                await deferLater(self._reactor, 0)
        return registered

    def _listed(self, result: Registered | Failure) -> None:
        self._is_listing = False
        waiting, self._waiting[:] = list(self._waiting), []
        for each in waiting:
            if isinstance(result, Failure):
                each.errback(result)
            else:
                each.callback(result)


def _contact(event: Message, endpoint: str) -> Contact:
    # ``PJSIPShowContacts`` names the host alone, ``PJSIPShowEndpoint`` with the port.
    via = event.get("viaaddr") or re.sub(r":\d+$", "", event.get("viaaddress"))
    return Contact(endpoint, event.get("uri"), event.get("useragent"), via, event.get("path"))


def _escaped(value: str) -> str:
    """
    Return a value as it must stand in a ``Variable``, which Asterisk splits at commas and strips of quotes.
    """
    return re.sub(r'([\\",])', r"\\\1", value)

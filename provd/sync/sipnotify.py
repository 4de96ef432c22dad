"""
A NOTIFY sent by the daemon itself: through the registrar with which the phone is registered, which relays it
through the phone's binding in whatever NAT there is, or to the phone's address.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from provd.downloads.challenges import parse_challenges
from provd.downloads.digest import Digest
from provd.logs import Secret
from provd.sip.messages import Response, written_request

from .phone import Line, Phone
from .sip import CannotNotify, NotRegistered
from .sipport import SipPort, host_in_uri
from .ways import Notify, Record, refuse_rivals

__all__ = ["SipWay"]

_NOT_REGISTERED = (404, 410, 480)
_CHALLENGES = {
    401: ("www-authenticate", "Authorization"),
    407: ("proxy-authenticate", "Proxy-Authorization"),
}
_MOST_REQUESTS = 5
_USUAL_HEADERS = {"subscription-state": ("Subscription-State", "terminated")}
_UNSAFE_USER = re.compile(r"[^A-Za-z0-9\-_.!~*'()&=+$,;?/]", re.ASCII)


@dataclass(frozen=True)
class _Target:
    """
    :ivar uri: whom to notify.
    :ivar sender: in whose name; None: the daemon's own.
    """

    uri: str
    host: str
    port: int | None = None
    sender: str | None = None
    route: str | None = None


class SipWay:
    """
    See ``ways.Way``.

    :param line: returns the line of a phone, None if it isn't known.
    """

    PHONE_PORT = 5060

    def __init__(self, port: SipPort, record: Record, line: Callable[[Phone], Line | None]) -> None:
        self._port = port
        self._record = record
        self._line = line
        self._digest = Digest()

    def health(self) -> dict[str, str]:
        return {"status": "ok"} if self._port.is_open else {"status": "fail", "why": "the port isn't open"}

    async def to_endpoint(self, phone: Phone, notify: Notify) -> None:
        refuse_rivals(self._record, phone)
        await self._through_registrar(phone, notify)

    async def to_contact(self, phone: Phone, notify: Notify) -> bool:
        return False  # registrars don't tell who is registered

    async def to_peer(self, endpoint: str, notify: Notify) -> None:
        await self._through_registrar(Phone("", endpoint=endpoint), notify)

    async def to_address(self, phone: Phone, ip: str, notify: Notify) -> None:
        """
        See ``ways.Way``.  Some phones obey only what is sent to an account that they have; those that don't
        know it say 404 and do nothing.
        """
        line = self._line(phone)
        users = ["anonymous"] if phone.endpoint is None else [_user(phone.endpoint), "anonymous"]
        for user in users:
            target = _Target(f"sip:{user}@{host_in_uri(ip)}", ip, self.PHONE_PORT)
            response = await self._send(target, notify, line)
            if response.status != 404:
                break
        _check(response, ip)

    async def _through_registrar(self, phone: Phone, notify: Notify) -> None:
        line = self._line(phone)
        if line is None:
            raise CannotNotify(f"the registrar of {phone.endpoint} isn't known")
        registrar = host_in_uri(line.registrar) + (f":{line.port}" if line.port else "")
        uri = f"sip:{_user(line.user)}@{registrar}"
        if line.proxy is None:
            target = _Target(uri, line.registrar, line.port, uri)
        else:
            host, port = line.proxy
            route = f"<sip:{host_in_uri(host)}{f':{port}' if port else ''};lr>"
            target = _Target(uri, host, port, uri, route)
        response = await self._send(target, notify, line)
        if response.status in _NOT_REGISTERED:
            raise NotRegistered(f"no phone is registered as {line.user} ({response.status})")
        _check(response, f"{line.user} through {registrar}")

    async def _send(self, target: _Target, notify: Notify, line: Line | None) -> Response:
        """
        Return the final response, once what is asked for a password was shown that one knows it.
        """
        call_id, tag = secrets.token_hex(16), secrets.token_hex(8)
        shown: dict[str, str] = {}
        for sequence in range(1, _MOST_REQUESTS + 1):

            def write(via: str, own: str, sequence: int = sequence) -> bytes:
                sender = target.sender or f"sip:anonymous@{own}"
                headers = [
                    ("Via", via),
                    ("Max-Forwards", "70"),
                    *([("Route", target.route)] if target.route else []),
                    ("From", f"<{sender}>;tag={tag}"),
                    ("To", f"<{target.uri}>"),
                    ("Contact", f"<sip:provd@{own}>"),
                    ("Call-ID", call_id),
                    ("CSeq", f"{sequence} NOTIFY"),
                    ("Event", notify.event),
                    *notify.headers,
                    *shown.items(),
                ]
                given = {name.lower() for name, _ in headers}
                headers += [usual for name, usual in _USUAL_HEADERS.items() if name not in given]
                return written_request("NOTIFY", target.uri, headers, notify.body)

            response = await self._port.request(target.host, target.port, write)
            if response.status not in _CHALLENGES:
                return response
            self._show(response, target.uri, line, shown)
        return response

    def _show(self, response: Response, uri: str, line: Line | None, shown: dict[str, str]) -> None:
        """
        Add what answers a challenge: a proxy and the phone may each have one.
        """
        asked, answered = _CHALLENGES[response.status]
        challenges = parse_challenges(response.all(asked))
        strongest = max(challenges, key=Digest.strength, default=None)
        if strongest is None or not Digest.strength(strongest):
            raise CannotNotify(f"a password is asked for in a way that isn't known ({response.status})")
        if answered in shown and strongest.parameters.get("stale", "").lower() != "true":
            raise CannotNotify(f"the password of the line isn't accepted ({response.status})")
        password = _password(line)
        if line is None or password is None:
            raise CannotNotify(f"a password is asked for, and none is known ({response.status})")
        secret = password.reveal()
        try:
            shown[answered] = self._digest.answer(strongest, line.auth_user, secret, "NOTIFY", uri)
        except UnicodeError:
            raise CannotNotify("the account of the line can't stand in a SIP message") from None


def _password(line: Line | None) -> Secret | None:
    return None if line is None else line.password


def _check(response: Response, whom: str) -> None:
    if not 200 <= response.status < 300:
        raise CannotNotify(f"the NOTIFY to {whom} is answered with {response.status}")


def _user(text: str) -> str:
    """
    Return a user as it stands in a URI (RFC 3261, 25.1).
    """
    return _UNSAFE_USER.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), text)

"""
A phone's ``SUBSCRIBE`` for ``ua-profile``, and what it is answered: 200, then a ``NOTIFY`` with the URL.

Sources: RFC 3261, 6080 and 6665; the vendors' guides to what Yealink, Snom, Fanvil, Htek and Grandstream call
PnP, whose phones put their MAC address into the user part of the URIs: ``MAC%3a001565aabb01``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from provd.addresses import macs_in
from provd.model.device import DeviceInfo
from provd.sip.messages import NotSIP, Request, parse_request, written, written_request

__all__ = ["GROUP", "PORT", "Subscription", "accepted", "notification", "parse_subscription"]

GROUP, PORT = "224.0.1.75", 5060
"""Where phones ask: the multicast group of SIP servers (RFC 3261, 1.1), and SIP's port."""

_PARAMETER = re.compile(r';\s*([A-Za-z-]{1,20})\s*=\s*(?:"([^"\\]*)"|([^;"\s]*))', re.ASCII)
_PLAIN = re.compile(r"[!-~](?:[ -~]{0,62}[!-~])?", re.ASCII)
_CONTACT = re.compile(r"<?(sip:[!-;=?-~]{1,300})>?", re.ASCII | re.IGNORECASE)
_TAG = re.compile(r";\s*tag\s*=", re.IGNORECASE)
_TOLD = ("vendor", "model", "version")
# What no phone needs; and it all comes back in the answer.
_LONGEST_HEADER = 500
_MOST_HEADERS = 60


@dataclass(frozen=True)
class Subscription:
    """
    :ivar told: what the phone says of itself: ``vendor``, ``model``, ``version``, ``mac``, as far as it does.
    :ivar agent: its ``User-Agent``, empty if it sends none.
    :ivar contact: the URI that it wants to be notified at, None if there is none that can be used.
    """

    request: Request
    told: DeviceInfo
    agent: str
    contact: str | None


def parse_subscription(datagram: bytes) -> Subscription:
    """
    Return what a datagram says.

    :raises NotSIP: if it is no such subscription.
    """
    request = parse_request(datagram)
    if request.method != "SUBSCRIBE":
        raise NotSIP("no SUBSCRIBE")
    is_long = any(len(text) > _LONGEST_HEADER for _, text in request.headers)
    if is_long or len(request.headers) > _MOST_HEADERS:
        raise NotSIP("longer than any phone's")
    events = request.all("event")
    if len(events) != 1 or events[0].partition(";")[0].strip().lower() != "ua-profile":
        raise NotSIP("about something else")
    if _TAG.search(request.all("to")[0]):
        raise NotSIP("a subscription that there is already")
    agents, contacts = request.all("user-agent"), request.all("contact")
    contact = _CONTACT.match(contacts[0].partition('"')[0].strip() or contacts[0]) if contacts else None
    agent = agents[0] if agents and _PLAIN.fullmatch(agents[0][:64]) else ""
    return Subscription(request, _told(request, events[0]), agent, contact[1] if contact else None)


def _told(request: Request, event: str) -> DeviceInfo:
    told: DeviceInfo = {}
    for match in _PARAMETER.finditer(event):
        name, value = match[1].lower(), (match[2] if match[2] is not None else match[3]).strip()
        if name in _TOLD and _PLAIN.fullmatch(value):
            told[name] = value
    for text in (request.uri, request.all("from")[0], request.all("to")[0]):
        found = macs_in(unquote(text))
        if found:
            told["mac"] = found[0]
            break
    return told


def accepted(subscription: Subscription, own: str, tag: str, source: tuple[str, int]) -> bytes:
    """
    Return the answer to a subscription, which ends with the one notification (RFC 6665, 4.4.3).

    :param own: ``host:port`` of the server.
    :param source: where the request came from (RFC 3261, 18.2.1; RFC 3581, 4).
    """
    request = subscription.request
    first, *others = request.all("via")
    received = re.sub(r";\s*rport\b(?!\s*=)", f";rport={source[1]}", first, flags=re.IGNORECASE)
    headers = [("Via", f"{received};received={source[0]}"), *(("Via", via) for via in others)]
    headers += [("Record-Route", route) for route in request.all("record-route")]
    headers += [
        ("From", request.all("from")[0]),
        ("To", f"{request.all('to')[0]};tag={tag}"),
        ("Call-ID", request.all("call-id")[0]),
        ("CSeq", request.all("cseq")[0]),
        ("Contact", f"<sip:{own}>"),
        ("Expires", "0"),
    ]
    return written("SIP/2.0 200 OK", headers)


def notification(subscription: Subscription, own: str, tag: str, branch: str, target: str, url: str) -> bytes:
    """
    Return the ``NOTIFY`` that tells the URL.

    :param tag: as in the answer.
    :param branch: of its own.
    :param target: the URI that is notified if the subscription has none.
    """
    request = subscription.request
    return written_request(
        "NOTIFY",
        subscription.contact or target,
        [
            ("Via", f"SIP/2.0/UDP {own};branch={branch};rport"),
            ("Max-Forwards", "20"),
            ("From", f"{request.all('to')[0]};tag={tag}"),
            ("To", request.all("from")[0]),
            ("Call-ID", request.all("call-id")[0]),
            ("CSeq", "1 NOTIFY"),
            ("Contact", f"<sip:{own}>"),
            ("Event", "ua-profile"),
            ("Subscription-State", "terminated;reason=timeout"),
            ("Content-Type", "application/url"),
        ],
        url,
    )

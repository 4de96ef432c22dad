"""
A phone's address behind trusted proxies.
"""

from __future__ import annotations

from provd.addresses import plain_address

from .site import Request


class UnknownClient(Exception):
    """
    A request that should have come through a proxy, but doesn't tell from where.
    """


def phone_address(request: Request, trusted_proxies: int) -> str:
    """
    Return the address of the phone: the peer's, or with N trusted proxies the N-th from the right of
    ``X-Forwarded-For``, the left-most if there are fewer.

    :raises UnknownClient: if that header has no usable address.
    """
    if not trusted_proxies:
        return request.getClientIP() or "0.0.0.0"
    lines = request.requestHeaders.getRawHeaders(b"x-forwarded-for", ())
    entries = [entry.strip() for line in lines for entry in line.split(b",")]
    if not entries:
        raise UnknownClient("no X-Forwarded-For")
    entry = entries[max(len(entries) - trusted_proxies, 0)]
    try:
        return plain_address(entry.decode("ascii").strip("[]"))
    except ValueError:
        raise UnknownClient("X-Forwarded-For") from None

"""
What other services say on the bus.
"""

from __future__ import annotations

import json
from typing import Any

from provd.addresses import norm_uuid

TENANT_DELETED = "auth_tenant_deleted"

_LARGEST = 65536


def deleted_tenant(headers: Any, body: bytes) -> str | None:
    """
    Return the UUID of the tenant that a message says was deleted; None if it doesn't say that.

    :param headers: of the message, whose ``name`` is the event's; as anybody on the bus may have sent them.
    :param body: JSON, ``{"name": "auth_tenant_deleted", "data": {"uuid": ...}}`` or, of some senders, the
        data alone.
    """
    try:
        document = json.loads(body) if len(body) <= _LARGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    named = headers.get("name") if isinstance(headers, dict) else None
    names = {name for name in (named, document.get("name")) if isinstance(name, str)}
    # The bare data of a tenant has a name too: the tenant's, if the sender adds it.
    data = document.get("data", document)
    if not names or (names != {TENANT_DELETED} and (named != TENANT_DELETED or data is not document)):
        return None
    tenant = data.get("uuid") if isinstance(data, dict) else None
    try:
        return norm_uuid(tenant) if isinstance(tenant, str) else None
    except ValueError:
        return None

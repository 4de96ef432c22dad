"""
The provisioning key in the path of a phone's URL names a tenant (``general.http_auth_strategy: url_key``).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from provd.app.tenants import Tenants
from provd.probes import shape


def take_key(request: Any, tenants: Tenants) -> str | None:
    """
    Return the tenant whose key is the first segment of the path, and remove that segment everywhere: plugins
    match the path from its beginning.

    :returns: None if there is no such segment or nobody's key is in it; the request is as it was.
    """
    first, slash, _ = request.path[1:].partition(b"/")
    try:
        tenant = tenants.owner_of(unquote_to_bytes(first).decode("ascii")) if first else None
    except UnicodeDecodeError:
        return None
    if tenant is None:
        return None
    removed = 1 + len(first)
    request.uri = request.uri[removed:] if slash else b"/" + request.uri[removed:]
    request.path = request.path[removed:] or b"/"
    request.postpath = request.postpath[1:] or [b""]
    return tenant


def tried_key(request: Any) -> str:
    """
    Return what stands where the key would; without a file behind it, it is taken for a file's name, of which
    only the shape counts: phones that were set up without a key.
    """
    first, slash, _ = request.path[1:].partition(b"/")
    text = str(first, "latin-1")
    return text if slash else shape(text)

"""
How the daemon is: the members of the status document beside ``rest_api``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .authority import Authority
from .parts import Parts

__all__ = ["health"]

Members = dict[str, Any]


def health(parts: Parts, who: Authority, *others: Callable[[], Members]) -> Members:
    """
    Return a member for each part, an object with ``status``: ``"ok"`` or ``"fail"``.

    :param others: make the members of parts that run beside these.
    """
    damaged = list(parts.store.damaged)
    members = {
        "master_tenant": {"status": "ok" if parts.tenants.master else "fail"},
        "service_token": {"status": "ok" if who.is_known else "fail"},
        "plugins": {
            "status": "fail" if parts.plugins.broken else "ok",
            "loaded": sorted(plugin_id for plugin_id, _ in parts.manager.items()),
            "broken": dict(sorted(parts.plugins.broken.items())),
        },
        "store": {"status": "fail" if damaged else "ok", "damaged": damaged},
    }
    for other in others:
        members.update(other())
    return members

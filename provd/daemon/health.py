"""
How the daemon is: the members of the status document beside ``rest_api``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provd.http.site import Site
from provd.rest.monitors import Monitors
from provd.securitylog import SecurityLog
from provd.tftp.service import TFTPService

from .authority import Authority
from .listeners import SiteService
from .parts import Parts

__all__ = ["health", "services_health"]

Members = dict[str, Any]


def health(parts: Parts, who: Authority, *others: Callable[[], Members]) -> Members:
    """
    Return a member for each part, an object with ``status``: ``"ok"`` or ``"fail"``.

    :param others: make the members of parts that run beside these.
    """
    store = parts.store
    damaged = list(store.damaged)
    members = {
        "master_tenant": {"status": "ok" if parts.tenants.master else "fail"},
        "service_token": {"status": "ok" if who.is_known else "fail"},
        "plugins": {
            "status": "fail" if parts.plugins.broken else "ok",
            "loaded": sorted(plugin_id for plugin_id, _ in parts.manager.items()),
            "broken": dict(sorted(parts.plugins.broken.items())),
        },
        "store": {
            **_state(store.problem or ("documents are damaged" if damaged else None)),
            "damaged": damaged,
            "waiting": store.waiting,
            "devices": len(store.devices),
            "configs": len(store.configs),
        },
    }
    for other in others:
        members.update(other())
    return members


def services_health(
    http: SiteService, phones: Site, tftp: TFTPService, monitors: Monitors, security: SecurityLog
) -> Members:
    """
    Return the members of what serves phones and administrators.

    :param http, phones: the port and the site of phones.
    """
    members: Members = {
        "http_provisioning": {
            **_state(None if http.running else "it doesn't listen"),
            "port": http.port,
            "connections": len(phones.channels),
        },
        "tftp": {
            **_state(None if tftp.running else "it doesn't listen"),
            "port": tftp.port,
            "transfers": tftp.transfers,
        },
        "operations": {**_state(None), **monitors.states()},
    }
    if security.path is not None:
        members["security_log"] = {**_state(security.problem), "path": str(security.path)}
    return members


def _state(why: str | None) -> Members:
    return {"status": "ok"} if why is None else {"status": "fail", "why": why}

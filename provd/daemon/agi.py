"""
Provisioning by code, and its second door: the FastAGI server for Asterisk's dialplan.
"""

from __future__ import annotations

from typing import Any

from provd.agi.provisioning import AGIProvisioning
from provd.agi.server import AGIServer
from provd.app.callers import Callers, Scope
from provd.app.codes import Codes
from provd.app.provisioning import Provisioning
from provd.settings.model import Settings

from .authority import Authority
from .listeners import SiteService
from .parts import Parts

__all__ = ["agi_health", "agi_service", "provisioning_by_code"]


def provisioning_by_code(parts: Parts, reactor: Any) -> Provisioning:
    """
    Return what gives phones the configs that codes stand for.
    """
    Codes(parts.store.configs).report()
    return Provisioning(
        parts.store,
        parts.devices,
        parts.configs,
        Callers(parts.store, parts.configs, parts.tenants),
        parts.tenants,
        parts.staleness,
        parts.synchronizing,
        reactor,
    )


def agi_service(
    provisioning: Provisioning, settings: Settings, who: Authority, reactor: Any
) -> SiteService | None:
    """
    Return the FastAGI server, None if the settings name no port for one.

    A call belongs to no administrator: like the daemon itself it reaches the devices and codes of every
    tenant.

    :param who: knows tenants.
    """
    agi = settings.agi
    if agi.port is None:
        return None

    def everyone() -> Scope:
        return Scope(who.everyone(), who.family)

    server = AGIServer(agi.allow, AGIProvisioning(provisioning, everyone), reactor)
    return SiteService("agi", server, agi.listen_interface, agi.port, "agi.port", reactor)


def agi_health(service: SiteService | None) -> dict[str, Any]:
    """
    Return the member of the status document for a FastAGI server, nothing if there is none.
    """
    return {} if service is None else {"agi": {"status": "ok", "port": service.port}}

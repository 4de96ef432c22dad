"""
The service for phones that ask by SIP multicast.
"""

from __future__ import annotations

from time import time
from typing import Any

from provd.pnp.phones import Phones
from provd.pnp.service import PnPService
from provd.settings.model import Settings

from .parts import Parts, plugins_folder

__all__ = ["pnp_health", "pnp_service"]


def pnp_service(parts: Parts, settings: Settings, reactor: Any) -> PnPService | None:
    """
    Return the service, None if the settings don't want it.
    """
    if not settings.pnp.enabled:
        return None
    phones = Phones(
        parts.subscriptions,
        parts.traces,
        parts.urls,
        parts.tenants,
        plugins_folder(settings),
        settings.general.http_auth_strategy == "url_key",
        time,
    )
    return PnPService(settings.pnp.interfaces, phones.url, reactor)


def pnp_health(service: PnPService | None) -> dict[str, Any]:
    """
    Return the member of the status document, nothing if there is no such service.
    """
    return {} if service is None else {"pnp": service.health()}

"""
What others reach the daemon by: phones, administrators, the dialplan, DHCP servers, Prometheus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from twisted.application.service import MultiService

from provd.http.site import Site
from provd.metrics.lag import LoopLag
from provd.rest.monitors import Monitors
from provd.rest.site import api_site
from provd.settings.model import Settings
from provd.tftp.service import TFTPService

from .administration import administration
from .agi import agi_health, agi_service, provisioning_by_code
from .authority import Authority
from .descriptors import most_connections
from .health import health, services_health
from .leases import LeaseNews
from .listeners import SiteService
from .metrics import metrics
from .parts import Parts
from .pnp import pnp_health, pnp_service
from .tenantends import TenantEnds

__all__ = ["Doors", "doors"]


class Doors(NamedTuple):
    """
    :ivar service: all of them as one.
    """

    service: MultiService
    http: SiteService
    rest: SiteService


def doors(
    settings: Settings,
    parts: Parts,
    who: Authority,
    ends: TenantEnds,
    tftp: TFTPService,
    healths: Iterable[Callable[[], dict[str, Any]]],
    reactor: Any,
) -> Doors:
    """
    Return the doors of a daemon.

    :param tftp: is bound already.
    :param healths: make the members of the status document for parts that run beside these.
    """
    general, rest = settings.general, settings.rest_api
    phones = Site(parts.gateway, reactor, most_connections())
    provisioning = provisioning_by_code(parts, reactor)
    agi = agi_service(provisioning, settings, who, reactor)
    news = LeaseNews(settings.dhcp, parts, reactor)
    pnp = pnp_service(parts, settings, reactor)
    where = general.http_proxied_listen_interface, general.http_proxied_listen_port
    http_port = SiteService("http", phones, *where, "general.http_proxied_listen_port", reactor)
    lag, monitors = LoopLag(reactor), Monitors(reactor.seconds)
    own = partial(services_health, http_port, phones, tftp, monitors, parts.security)
    neighbors = (partial(agi_health, agi), news.health, partial(pnp_health, pnp))
    status = partial(health, parts, who, own, *healths, *neighbors)
    numbers = metrics(parts, lag.histogram, phones, tftp, monitors, status)
    resource = administration(
        parts, settings, who, ends.end, status, provisioning, news.leases, monitors, numbers, reactor
    )
    api = api_site(resource, reactor, most_connections())
    rest_port = SiteService("rest", api, rest.ip, rest.port, "rest_api.port", reactor)
    listeners = MultiService()
    listeners.setName("listeners")
    for service in filter(None, (http_port, tftp, rest_port, agi, news, pnp, lag)):
        service.setServiceParent(listeners)
    return Doors(listeners, http_port, rest_port)

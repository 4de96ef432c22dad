"""
The administrators' API over the parts of a running daemon.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provd.app.configchanges import ConfigChanges
from provd.app.devicechanges import DeviceChanges
from provd.app.dhcpfacts import DHCPFacts
from provd.app.fanout import FanOut
from provd.app.leases import Leases
from provd.app.parameterchanges import ParameterChanges
from provd.app.provisioning import Provisioning
from provd.app.tenantend import TenantEnd
from provd.app.visibility import Visibility
from provd.rest.application import api
from provd.rest.monitors import Monitors
from provd.rest.mount import CycloneResource
from provd.settings.model import Settings

from .authority import Authority
from .parts import Parts, id_maker, plugins_folder


def administration(
    parts: Parts,
    settings: Settings,
    who: Authority,
    tenant_end: TenantEnd,
    health: Callable[[], dict[str, Any]],
    provisioning: Provisioning,
    leases: Leases,
    monitors: Monitors,
    metrics: Callable[[], bytes],
    reactor: Any,
) -> CycloneResource:
    """
    Return the resource that answers administrators.

    :param who: knows tokens and tenants.
    :param tenant_end: removes what belonged to a tenant.
    :param health: makes the status document.
    :param provisioning: gives phones the configs that codes stand for.
    :param leases: takes what DHCP servers tell.
    :param monitors: knows the operations that callers follow.
    :param metrics: makes the text for Prometheus.
    """
    store, tenants = parts.store, parts.tenants
    with_keys = settings.general.http_auth_strategy == "url_key"
    fan_out = FanOut(store.devices, parts.devices, parts.manager, parts.staleness)
    configs = ConfigChanges(store.configs, parts.configs, parts.raw_configs, fan_out, id_maker(settings))
    devices = device_changes(parts)
    parameters = ParameterChanges(
        parts.parameters,
        parts.app,
        tenants,
        store.devices,
        fan_out,
        with_keys,
    )
    return api(
        who.access(),
        monitors,
        health=health,
        metrics=metrics,
        manager=parts.manager,
        changes=parts.changes,
        services=parts.services,
        packages=parts.packages,
        plugin_parameters=parts.plugin_parameters,
        devices=devices,
        configs=configs,
        synchronizing=parts.synchronizing,
        provisioning=provisioning,
        parameters=parameters,
        dhcp_facts=DHCPFacts(plugins_folder(settings), parts.manager, parts.urls, tenants, with_keys),
        leases=leases.take,
        traces=parts.traces,
        tenants=tenants,
        tokens=who.tokens,
        tenant_table=who.tenant_table,
        tenant_end=tenant_end,
        reactor=reactor,
    )


def device_changes(parts: Parts) -> DeviceChanges:
    """
    Return what administrators may do with devices.
    """
    store = parts.store
    return DeviceChanges(
        store.devices,
        parts.devices,
        Visibility(store.devices, store.configs, parts.tenants),
        parts.urls,
        parts.staleness,
        parts.sync_states,
    )

"""
The parts of a running daemon, wired together: values in, objects out, nothing started.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from os import urandom
from pathlib import Path
from typing import Any

from provd.app.application import Application
from provd.app.configs import Configs
from provd.app.configuring import Configuring
from provd.app.devices import Devices
from provd.app.fetches import Fetches
from provd.app.lifecycle import Lifecycle
from provd.app.parameters import Parameters
from provd.app.phoneurls import PhoneURLs
from provd.app.plugincalls import PluginCalls
from provd.app.pluginchanges import PluginChanges
from provd.app.plugindevices import PluginDevices
from provd.app.plugins import Plugins
from provd.app.pluginservices import PluginPackages, PluginParameters, PluginServices
from provd.app.rawconfigs import RawConfigs
from provd.app.staleness import Staleness
from provd.app.suspicion import Suspicion
from provd.app.synchronizing import Synchronizing
from provd.app.syncstates import SyncStates
from provd.app.tenants import Tenants
from provd.downloads.client import Downloads
from provd.http.gateway import PhoneGateway
from provd.identification.candidates import Candidates
from provd.identification.chain import build_stages
from provd.identification.pipeline import Pipeline
from provd.identification.retrievers import KnownPhonesRetriever
from provd.identification.trace import Traces
from provd.metrics.requests import RequestCounts
from provd.model.configs import RawConfig
from provd.pluginhost.manager import PluginManager
from provd.pluginhost.repositories import Repositories
from provd.pnp.identification import SubscriptionExtractor
from provd.securitylog import SecurityLog
from provd.settings.model import Settings
from provd.store.interfaces import IStore
from provd.tftp.dispatch import TFTPDispatch


def _counter() -> Callable[[], str]:
    numbers = count()
    return lambda: str(next(numbers))


_GENERATORS: dict[str, Callable[[], Callable[[], str]]] = {
    "default": lambda: lambda: uuid.uuid4().hex,
    "uuid": lambda: lambda: uuid.uuid4().hex,
    "numeric": _counter,
    "urandom": lambda: lambda: urandom(12).hex(),
}


def id_maker(settings: Settings) -> Callable[[], str]:
    """
    Return what makes ids of new documents, as ``database.generator`` wants it.
    """
    return _GENERATORS[settings.database.generator]()


def plugins_folder(settings: Settings) -> Path:
    """
    Return where plugins are installed.
    """
    return settings.general.base_storage_dir / "plugins"


@dataclass
class Parts:
    """
    What the listeners, the reload and the stop of a daemon need to reach.
    """

    store: IStore
    manager: PluginManager
    calls: PluginCalls
    plugins: Plugins
    app: Application
    urls: PhoneURLs
    parameters: Parameters
    pipeline: Pipeline
    subscriptions: Pipeline
    leases: Pipeline
    traces: Traces
    counts: RequestCounts
    security: SecurityLog
    gateway: PhoneGateway
    tftp_root: TFTPDispatch
    tenants: Tenants
    devices: Devices
    configs: Configs
    raw_configs: RawConfigs
    staleness: Staleness
    synchronizing: Synchronizing
    changes: PluginChanges
    services: PluginServices
    packages: PluginPackages
    plugin_parameters: PluginParameters
    sync_states: SyncStates


def assemble(
    settings: Settings,
    parameters: Parameters,
    store: IStore,
    below: RawConfig,
    master_tenant: str | None,
    staleness: Staleness,
    security: SecurityLog,
    reactor: Any,
) -> Parts:
    """
    Return the parts of a daemon with these settings and documents.

    :param below: the base raw config's file.
    :param staleness: whose files on disk can't be trusted.
    """
    general = settings.general
    with_keys = general.http_auth_strategy == "url_key"
    tenants = Tenants(master_tenant, parameters.provisioning_keys)
    urls = PhoneURLs(general.advertised_http_url, general.http_proxied_listen_port)
    raw_configs = RawConfigs(store.configs, below, urls, tenants, general.tftp_port, with_keys)
    manager = PluginManager(reactor)
    calls = PluginCalls(reactor, general.tzinform_iso_weekday_plugins)
    configs = Configs(store.configs, store.devices)
    configuring = Configuring(manager, calls, raw_configs)
    devices = Devices(store.devices, configs, configuring, tenants, id_maker(settings))
    app = Application(
        store,
        manager,
        devices,
        configs,
        tenants,
        urls,
        staleness,
        Candidates(reactor.seconds) if "add" in general.retriever else None,
        security,
        parameters.nat,
    )
    plugins = Plugins(
        plugins_folder(settings),
        manager,
        calls,
        raw_configs,
        lambda: {**general.model_dump(), "proxies": parameters.proxies},
        lambda plugin_id: dict(settings.plugin_config.get(plugin_id, {})),
        general.check_compat_min,
        general.check_compat_max,
    )
    repositories = Repositories(
        plugins_folder(settings),
        general.cache_dir,
        general.local_plugins,
        lambda: parameters.plugin_server,
        general.plugin_server_keys,
        Downloads(reactor, parameters.proxies),
        general.cache_plugin,
    )
    services = PluginServices(manager)
    packages = PluginPackages(services, lambda plugin_id: changes.is_busy(plugin_id))
    changes = PluginChanges(
        plugins_folder(settings),
        repositories,
        plugins,
        Lifecycle(
            plugins_folder(settings),
            plugins,
            manager,
            PluginDevices(store.devices, devices, configuring, staleness, reactor),
            app,
        ),
        packages.is_installing,
        reactor,
    )
    stages = build_stages(general.info_extractor, general.retriever, general.updater, app, manager)
    pipeline = Pipeline(*stages, app, manager)
    subscriptions = Pipeline(SubscriptionExtractor(stages[0]), stages[1], stages[2], app, manager)
    leases = Pipeline(stages[0], KnownPhonesRetriever(stages[1].retrievers), stages[2], app, manager)
    counts = RequestCounts()
    traces = Traces(counts.add)
    sync_states = SyncStates(reactor.seconds)
    fetches = Fetches(sync_states, pipeline.is_trigger)
    folder = plugins_folder(settings)
    suspicion = Suspicion(security.probe, reactor.seconds, lambda: app.nat == 1)
    gateway = PhoneGateway(
        pipeline, manager, tenants, urls, traces, security, suspicion, fetches, folder, with_keys
    )
    gateway.trusted_proxies = general.http_proxied_trusted_proxies_count
    gateway.accel_prefix = general.x_accel_redirect
    hides = with_keys and not general.tftp_sensitive_files
    tftp_root = TFTPDispatch(pipeline, manager, urls, traces, security, suspicion, fetches, hides)
    return Parts(
        store=store,
        manager=manager,
        calls=calls,
        plugins=plugins,
        app=app,
        urls=urls,
        parameters=parameters,
        pipeline=pipeline,
        subscriptions=subscriptions,
        leases=leases,
        traces=traces,
        counts=counts,
        security=security,
        gateway=gateway,
        tftp_root=tftp_root,
        tenants=tenants,
        devices=devices,
        configs=configs,
        raw_configs=raw_configs,
        staleness=staleness,
        synchronizing=Synchronizing(
            manager,
            calls,
            raw_configs,
            sync_states,
            lambda device: pipeline.trigger(device) is not None,
            lambda *what: devices.listener(*what),
        ),
        changes=changes,
        services=services,
        packages=packages,
        plugin_parameters=PluginParameters(services, changes.is_busy),
        sync_states=sync_states,
    )

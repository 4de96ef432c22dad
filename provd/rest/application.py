"""
The REST API: paths to handlers.
"""

from __future__ import annotations

from typing import Any

from cyclone.web import Application
from twisted.logger import Logger

from . import auth, configs, described, devices, parameters, plugins, pluginservices
from .access import Access
from .dhcp import DHCP
from .dhcpinfo import DHCPInfo
from .handlers import Handler, UnknownResource
from .links import Links
from .metrics import Metrics
from .monitors import Monitors
from .mount import CycloneResource
from .operations import Operation, Starter
from .provision import Provision
from .requests import Requests
from .routes import Route
from .status import Status

_log = Logger()


class Root(Links):
    """
    ``GET /``
    """

    required = {"GET": "provd.read"}
    LINKS = (
        ("dev", "dev_mgr"),
        ("cfg", "cfg_mgr"),
        ("pg", "pg_mgr"),
        ("status", "status"),
        ("srv.configure", "configure"),
    )


_PLUGIN = "/pg_mgr/plugins/{plugin_id}"
HANDLERS: dict[str, type[Handler]] = {
    "": Root,
    "/status": Status,
    "/requests": Requests,
    "/dhcp": DHCP,
    "/api/api.yml": described.Swagger,
    "/openapi.json": described.OpenAPI,
    "/configure": parameters.Parameters,
    "/configure/{param_id}": parameters.Parameter,
    "/auth/tokens": auth.TokensResource,
    "/auth/tokens/{token_id}": auth.Token,
    "/auth/tenants": auth.Tenants,
    "/auth/tenants/{tenant}": auth.Tenant,
    "/dev_mgr": devices.Manager,
    "/dev_mgr/devices": devices.Devices,
    "/dev_mgr/devices/{device_id}": devices.Device,
    "/dev_mgr/synchronize": devices.Synchronize,
    "/dev_mgr/reconfigure": devices.Reconfigure,
    "/dev_mgr/dhcpinfo": DHCPInfo,
    "/dev_mgr/provision": Provision,
    "/cfg_mgr": configs.Manager,
    "/cfg_mgr/configs": configs.Configs,
    "/cfg_mgr/configs/{config_id}": configs.Config,
    "/cfg_mgr/configs/{config_id}/raw": configs.RawConfig,
    "/cfg_mgr/autocreate": configs.Autocreate,
    "/pg_mgr": plugins.Manager,
    "/pg_mgr/install": plugins.InstallLinks,
    "/pg_mgr/install/install": plugins.InstallPlugin,
    "/pg_mgr/install/upgrade": plugins.UpgradePlugin,
    "/pg_mgr/install/uninstall": plugins.UninstallPlugin,
    "/pg_mgr/install/update": plugins.UpdateDefinitions,
    "/pg_mgr/install/installed": plugins.InstalledPlugins,
    "/pg_mgr/install/installable": plugins.InstallablePlugins,
    "/pg_mgr/reload": plugins.ReloadPlugin,
    "/pg_mgr/plugins": plugins.LoadedPlugins,
    _PLUGIN: plugins.Plugin,
    f"{_PLUGIN}/info": plugins.PluginInfo,
    f"{_PLUGIN}/install": pluginservices.PackageLinks,
    f"{_PLUGIN}/install/install": pluginservices.InstallPackage,
    f"{_PLUGIN}/install/upgrade": pluginservices.UpgradePackage,
    f"{_PLUGIN}/install/uninstall": pluginservices.UninstallPackage,
    f"{_PLUGIN}/install/installed": pluginservices.InstalledPackages,
    f"{_PLUGIN}/install/installable": pluginservices.InstallablePackages,
    f"{_PLUGIN}/configure": pluginservices.PluginParameters,
    f"{_PLUGIN}/configure/{{param_id}}": pluginservices.PluginParameter,
}
"""
The resources by path, below the version.  Where operations begin, ``/{operation_id}`` follows them.  What
their methods are for is told in ``description/*.yml``.
"""


def _log_request(handler: Any) -> None:
    request = handler.request
    _log.debug(
        "{method} {path} for {client}: {status}",
        method=request.method,
        path=request.path,
        client=request.remote_ip,
        status=handler.get_status(),
        stranger=request.remote_ip,
    )


def api(access: Access, monitors: Monitors, **parts: Any) -> CycloneResource:
    """
    Return the resource that answers administrators.

    :param parts: what handlers need, by the name under which they ask for it:

        * ``health``: makes the members of the status document beside ``rest_api``
        * ``manager``: the loaded plugins
        * ``changes``, ``services``, ``packages``, ``plugin_parameters``: what may be done with plugins
        * ``devices``, ``synchronizing``, ``leases``, ``provisioning``; ``configs``; ``parameters``: the same
          for the rest
        * ``traces``, ``tenants``: the last requests, and which tenant is the master
        * ``tokens``, ``tenant_table``, ``tenant_end``: with local tokens
        * ``dhcp_facts``: what a DHCP server must know
        * ``metrics``: makes the text for Prometheus
        * ``reactor``: for turns
    """
    descriptions = described.Descriptions(HANDLERS)
    shared = {"access": access, "monitors": monitors, "descriptions": descriptions, **parts}
    routes: list[tuple[str, type[Handler], dict[str, Any]]] = []
    for template, handler in HANDLERS.items():
        route = Route(template)
        routes.append((route.pattern, handler, {**shared, "route": route}))
        if issubclass(handler, Starter):
            one = Route(template + "/{operation_id}")
            routes.append((one.pattern, Operation, {**shared, "route": one, "begun_at": route}))
    metrics = Route("/metrics", base="")
    routes.append((metrics.pattern, Metrics, {**shared, "route": metrics}))
    routes.append((r".*", UnknownResource, {**shared, "route": Route("")}))
    return CycloneResource(Application(routes, debug=False, xheaders=False, log_function=_log_request))

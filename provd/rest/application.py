"""
The REST API: paths to handlers.
"""

from __future__ import annotations

from typing import Any

from cyclone.web import Application
from twisted.logger import Logger

from . import plugins, pluginservices
from .access import Access
from .handlers import Handler, UnknownResource
from .monitors import Monitors
from .mount import CycloneResource
from .operations import Operation, Starter
from .routes import Route
from .status import Status

_log = Logger()

_PLUGIN = "/pg_mgr/plugins/{plugin_id}"
HANDLERS: dict[str, type[Handler]] = {
    "/status": Status,
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
"""The resources by path, below the version.  Where operations begin, ``/{operation_id}`` follows them."""


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
        * ``changes``, ``packages``, ``plugin_parameters``: what may be done with plugins
    """
    shared = {"access": access, "monitors": monitors, **parts}
    routes: list[tuple[str, type[Handler], dict[str, Any]]] = []
    for template, handler in HANDLERS.items():
        route = Route(template)
        routes.append((route.pattern, handler, {**shared, "route": route}))
        if issubclass(handler, Starter):
            one = Route(template + "/{operation_id}")
            routes.append((one.pattern, Operation, {**shared, "route": one, "begun_at": route}))
    routes.append((r".*", UnknownResource, {**shared, "route": Route("")}))
    return CycloneResource(Application(routes, debug=False, xheaders=False, log_function=_log_request))

"""
``/pg_mgr``: plugins installed, upgraded, reloaded and removed.
"""

from __future__ import annotations

from typing import Any

from provd.errors import NotFound

from .handlers import Handler
from .links import Links
from .operations import Starter

__all__ = [
    "InstallLinks",
    "InstallPlugin",
    "InstallablePlugins",
    "InstalledPlugins",
    "LoadedPlugins",
    "Manager",
    "Plugin",
    "PluginInfo",
    "ReloadPlugin",
    "UninstallPlugin",
    "UpdateDefinitions",
    "UpgradePlugin",
]


class Manager(Links):
    """
    ``GET /pg_mgr``
    """

    required = {"GET": "provd.pg_mgr.read"}
    LINKS = (("srv.install", "install"), ("pg.plugins", "plugins"), ("pg.reload", "reload"))


class InstallLinks(Links):
    """
    ``GET /pg_mgr/install``
    """

    required = {"GET": "provd.pg_mgr.install.read"}
    LINKS = tuple(
        (f"srv.install.{name}", name)
        for name in ("install", "uninstall", "installed", "installable", "upgrade", "update")
    )


class InstallPlugin(Starter):
    """
    ``POST /pg_mgr/install/install {"id": plugin}``
    """

    required = {"POST": "provd.pg_mgr.install.install.create"}

    async def post(self) -> None:
        self.begun((await self.parts["changes"].install(self.text("id"))).operation)


class UpgradePlugin(Starter):
    """
    ``POST /pg_mgr/install/upgrade {"id": plugin}``
    """

    required = {"POST": "provd.pg_mgr.install.upgrade.create"}

    async def post(self) -> None:
        self.begun((await self.parts["changes"].upgrade(self.text("id"))).operation)


class UpdateDefinitions(Starter):
    """
    ``POST /pg_mgr/install/update {}``
    """

    required = {"POST": "provd.pg_mgr.install.update.create"}

    def post(self) -> None:
        self.begun(self.parts["changes"].update().operation)


class UninstallPlugin(Handler):
    """
    ``POST /pg_mgr/install/uninstall {"id": plugin}``
    """

    required = {"POST": "provd.pg_mgr.install.uninstall.create"}

    async def post(self) -> None:
        await self.parts["changes"].uninstall(self.text("id"))
        self.done()


class ReloadPlugin(Handler):
    """
    ``POST /pg_mgr/reload {"id": plugin}``
    """

    required = {"POST": "provd.pg_mgr.reload.create"}

    async def post(self) -> None:
        await self.parts["changes"].reload(self.text("id"))
        self.done()


class InstalledPlugins(Handler):
    """
    ``GET /pg_mgr/install/installed``: loaded or not.
    """

    required = {"GET": "provd.pg_mgr.install.installed.read"}

    async def get(self) -> None:
        self.answer({"pkgs": await self.parts["changes"].installed()})


class InstallablePlugins(Handler):
    """
    ``GET /pg_mgr/install/installable``
    """

    required = {"GET": "provd.pg_mgr.install.installable.read"}

    async def get(self) -> None:
        self.answer({"pkgs": await self.parts["changes"].installable()})


class LoadedPlugins(Handler):
    """
    ``GET /pg_mgr/plugins``
    """

    required = {"GET": "provd.pg_mgr.plugins.read"}

    def get(self) -> None:
        loaded = sorted(plugin_id for plugin_id, _ in self.parts["manager"].items())
        self.answer(
            {"plugins": {i: {"links": [{"rel": "pg.plugin", "href": self.below(i)}]} for i in loaded}}
        )


class _OfPlugin(Handler):
    """
    A resource of one loaded plugin.
    """

    plugin: Any

    async def find(self) -> None:
        self.plugin = self.parts["manager"].get(self.values["plugin_id"])
        if self.plugin is None:
            raise NotFound("plugin", self.values["plugin_id"])


class Plugin(Links, _OfPlugin):
    """
    ``GET /pg_mgr/plugins/{plugin_id}``
    """

    required = {"GET": "provd.pg_mgr.plugins.{plugin_id}.read"}
    LINKS = (("pg.info", "info"),)

    def links(self) -> tuple[tuple[str, str], ...]:
        offered = self.parts["services"].of(self.values["plugin_id"])
        return self.LINKS + tuple(
            (f"srv.{name}", name) for name in ("install", "configure") if name in offered
        )


class PluginInfo(_OfPlugin):
    """
    ``GET /pg_mgr/plugins/{plugin_id}/info``
    """

    required = {"GET": "provd.pg_mgr.plugins.{plugin_id}.info.read"}

    async def get(self) -> None:
        self.answer({"plugin_info": await self.parts["changes"].info(self.values["plugin_id"])})

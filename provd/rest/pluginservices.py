"""
``/pg_mgr/plugins/{plugin_id}/install`` and ``.../configure``: what a plugin itself offers, firmware packages
and parameters of its own.
"""

from __future__ import annotations

from .handlers import Handler
from .links import Links
from .operations import Starter

__all__ = [
    "InstallPackage",
    "InstallablePackages",
    "InstalledPackages",
    "PackageLinks",
    "PluginParameter",
    "PluginParameters",
    "UninstallPackage",
    "UpgradePackage",
]

_INSTALL = "provd.pg_mgr.plugins.{plugin_id}.install"


class _OfService(Handler):
    """
    A resource of a service that the plugin may not offer.
    """

    SERVICE: str

    async def find(self) -> None:
        self.parts["services"].find(self.values["plugin_id"], self.SERVICE)


class _OfInstall(_OfService):
    SERVICE = "install"


class PackageLinks(Links, _OfInstall):
    """
    ``GET .../install``
    """

    required = {"GET": f"{_INSTALL}.read"}
    LINKS = tuple(
        (f"srv.install.{name}", name)
        for name in ("install", "uninstall", "installed", "installable", "upgrade")
    )


class InstallPackage(Starter, _OfInstall):
    """
    ``POST .../install/install {"id": package}``
    """

    required = {"POST": f"{_INSTALL}.install.create"}

    async def post(self) -> None:
        packages = self.parts["packages"]
        self.begun((await packages.install(self.values["plugin_id"], self.text("id"))).operation)


class UpgradePackage(Starter, _OfInstall):
    """
    ``POST .../install/upgrade {"id": package}``
    """

    required = {"POST": f"{_INSTALL}.upgrade.create"}

    async def post(self) -> None:
        packages = self.parts["packages"]
        self.begun((await packages.upgrade(self.values["plugin_id"], self.text("id"))).operation)


class UninstallPackage(_OfInstall):
    """
    ``POST .../install/uninstall {"id": package}``
    """

    required = {"POST": f"{_INSTALL}.uninstall.create"}

    async def post(self) -> None:
        await self.parts["packages"].uninstall(self.values["plugin_id"], self.text("id"))
        self.done()


class InstalledPackages(_OfInstall):
    """
    ``GET .../install/installed``
    """

    required = {"GET": f"{_INSTALL}.installed.read"}

    async def get(self) -> None:
        self.answer({"pkgs": await self.parts["packages"].installed(self.values["plugin_id"])})


class InstallablePackages(_OfInstall):
    """
    ``GET .../install/installable``
    """

    required = {"GET": f"{_INSTALL}.installable.read"}

    async def get(self) -> None:
        self.answer({"pkgs": await self.parts["packages"].installable(self.values["plugin_id"])})


class _OfConfigure(_OfService):
    SERVICE = "configure"


class PluginParameters(_OfConfigure):
    """
    ``GET .../configure``
    """

    required = {"GET": "provd.pg_mgr.plugins.{plugin_id}.configure.read"}

    async def get(self) -> None:
        parameters = await self.parts["plugin_parameters"].all(self.values["plugin_id"])
        for parameter in parameters:
            parameter["links"] = [{"rel": "srv.configure.param", "href": self.below(parameter["id"])}]
        self.answer({"params": parameters})


class PluginParameter(_OfConfigure):
    """
    ``GET`` and ``PUT .../configure/{param_id}``
    """

    required = {
        "GET": "provd.configure.{tenant_uuid}.{param_id}.read",
        "PUT": "provd.configure.{tenant_uuid}.{param_id}.update",
    }

    async def get(self) -> None:
        value = await self.parts["plugin_parameters"].get(self.values["plugin_id"], self.values["param_id"])
        self.answer({"param": {"value": value}})

    async def put(self) -> None:
        parameters = self.parts["plugin_parameters"]
        await parameters.set(self.values["plugin_id"], self.values["param_id"], self.new_value())
        self.done()

"""
What a loaded plugin offers of its own: packages that it can fetch, and parameters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from provd.errors import NotFound, PluginError, Refused
from provd.guard import MISTAKES, contained, described, kind_of
from provd.model.operation import OIP_PROGRESS, OperationInProgress
from provd.pluginhost.manager import PluginManager
from provd.pluginkit.errors import InvalidParameterError
from provd.pluginkit.localization import localized_attribute
from provd.waiting import settled

from .running import Running, followed

__all__ = ["PluginPackages", "PluginParameters", "PluginServices"]


class PluginServices:
    """
    Finds the services of plugins, which may be anybody's code.
    """

    def __init__(self, manager: PluginManager) -> None:
        self._manager = manager
        self._guard = manager.guard("services")

    def of(self, plugin_id: str) -> Mapping[str, Any]:
        """
        Return the services of a plugin by name.

        :raises NotFound: if it isn't loaded.
        """
        plugin = self._manager.get(plugin_id)
        if plugin is None:
            raise NotFound("plugin", plugin_id)
        services = self._guard.call(plugin_id, {}, getattr, plugin, "services", {})
        return services if isinstance(services, Mapping) else {}

    def find(self, plugin_id: str, name: str) -> Any:
        """
        Return a service of a plugin.

        :raises NotFound: if it isn't loaded, or doesn't offer it.
        """
        try:
            return self.of(plugin_id)[name]
        except KeyError:
            raise NotFound("service", name) from None

    def has(self, plugin_id: str, name: str, method: str) -> bool:
        """
        Tell whether a service has a method.

        :raises NotFound: if the plugin isn't loaded, or doesn't offer the service.
        """
        service = self.find(plugin_id, name)
        return callable(self._guard.call(plugin_id, None, getattr, service, method, None))

    async def ask(
        self,
        plugin_id: str,
        name: str,
        method: str,
        *arguments: Any,
        expected: tuple[type[Exception], ...] = (),
    ) -> Any:
        """
        Return what a method of a service does.

        :param expected: what it may raise as an answer.
        :raises PluginError: if it fails in another way.
        """
        service = self.find(plugin_id, name)
        try:
            return await settled(contained(lambda: getattr(service, method)(*arguments)))
        except expected:
            raise
        except MISTAKES as error:
            raise _failed(plugin_id, f"{name}.{method}", error) from None


def _failed(plugin_id: str, what: str, error: BaseException) -> PluginError:
    # Not its message, which may quote what the plugin was given.
    return PluginError(plugin_id, f"{what} failed: {described(error)}")


class PluginPackages:
    """
    The packages of plugins.

    :param is_busy: tells whether a plugin is being changed: then its packages can't be.
    """

    def __init__(self, services: PluginServices, is_busy: Callable[[str], bool]) -> None:
        self._services = services
        self._is_busy = is_busy
        self._under_way: Counter[str] = Counter()

    async def installable(self, plugin_id: str) -> dict[str, dict[str, Any]]:
        """
        Return ``{package id: {"version", "description", "dsize"}}``.

        :raises NotFound: if the plugin isn't loaded, or has no packages.
        """
        return await self._listed(plugin_id, "list_installable")

    async def installed(self, plugin_id: str) -> dict[str, dict[str, Any]]:
        """
        Return ``{package id: {"version", "description"}}``; raises like :meth:`installable`.
        """
        return await self._listed(plugin_id, "list_installed")

    async def _listed(self, plugin_id: str, method: str) -> dict[str, dict[str, Any]]:
        listed = await self._services.ask(plugin_id, "install", method)
        if not isinstance(listed, Mapping):
            raise PluginError(
                plugin_id, f"install.{method} returned {kind_of(listed)} where a mapping is meant"
            )
        return dict(listed)

    async def install(self, plugin_id: str, package_id: str) -> Running:
        """
        Begin to install a package.

        :raises NotFound: if the plugin isn't loaded, or has no packages.
        :raises Refused: if there is no such package, or it is being installed.
        """
        return await self._begin(plugin_id, package_id, "install")

    async def upgrade(self, plugin_id: str, package_id: str) -> Running:
        """
        Begin to install a package anew; as :meth:`install`.
        """
        if self._services.has(plugin_id, "install", "upgrade"):
            return await self._begin(plugin_id, package_id, "upgrade")
        if package_id in await self.installed(plugin_id):
            await self.uninstall(plugin_id, package_id)
        return await self._begin(plugin_id, package_id, "install")

    async def uninstall(self, plugin_id: str, package_id: str) -> None:
        """
        Remove a package.

        :raises NotFound: if the plugin isn't loaded, or has no packages.
        :raises Refused: if it isn't installed.
        """
        await self._refusing(plugin_id, "uninstall", package_id)

    def is_installing(self, plugin_id: str) -> bool:
        """
        Tell whether a package of a plugin is being installed.
        """
        return self._under_way[plugin_id] > 0

    async def _begin(self, plugin_id: str, package_id: str, method: str) -> Running:
        answer = await self._refusing(plugin_id, method, package_id)
        try:
            done, operation = answer
        except (TypeError, ValueError):
            raise PluginError(plugin_id, f"install.{method} returned no operation") from None
        if not isinstance(operation, OperationInProgress):
            operation = OperationInProgress("install_pkg", OIP_PROGRESS)
        self._under_way[plugin_id] += 1

        async def work() -> None:
            try:
                await settled(done)
            finally:
                self._under_way[plugin_id] -= 1

        return followed(f"{method} of package {package_id} of plugin {plugin_id}", work(), operation)

    async def _refusing(self, plugin_id: str, method: str, package_id: str) -> Any:
        """
        Return what a method of the service returns; whatever it raises is taken for a refusal.
        """
        if self._is_busy(plugin_id):
            raise _being_changed(plugin_id)
        service = self._services.find(plugin_id, "install")
        try:
            answer = contained(lambda: getattr(service, method)(package_id))
            # What it began is followed by who asked, its failure included.
            return answer if isinstance(answer, tuple) else await settled(answer)
        except Refused:
            raise
        except MISTAKES as error:
            raise Refused("package-not-found", str(_failed(plugin_id, f"install.{method}", error))) from None


def _being_changed(plugin_id: str) -> Refused:
    return Refused("operation-in-progress", f"plugin {plugin_id} is being changed")


class PluginParameters:
    """
    The parameters of plugins.

    :param is_busy: tells whether a plugin is being changed: then a parameter might be set of the former one.
    """

    def __init__(self, services: PluginServices, is_busy: Callable[[str], bool]) -> None:
        self._services = services
        self._is_busy = is_busy

    async def all(self, plugin_id: str) -> list[dict[str, Any]]:
        """
        Return ``[{"id", "description", "value"}, ...]``, descriptions in the locale in use.

        :raises NotFound: if the plugin isn't loaded, or has no parameters.
        """
        service = self._services.find(plugin_id, "configure")
        try:
            descriptions = contained(localized_attribute, service, "description")
            described = contained(lambda: [(str(name), text) for name, text in descriptions])
        except MISTAKES as error:
            raise _failed(plugin_id, "configure.description", error) from None
        return [
            {"id": name, "description": text, "value": await self.get(plugin_id, name)}
            for name, text in described
        ]

    async def get(self, plugin_id: str, name: str) -> Any:
        """
        Return the value of a parameter.

        :raises NotFound: if there is none of that name.
        """
        try:
            return await self._services.ask(plugin_id, "configure", "get", name, expected=(KeyError,))
        except KeyError:
            raise NotFound("parameter", name) from None

    async def set(self, plugin_id: str, name: str, value: Any) -> None:
        """
        Change a parameter; None unsets it.

        :raises NotFound: if there is none of that name.
        :raises Refused: if it can't have that value, or the plugin is being changed.
        """
        if self._is_busy(plugin_id):
            raise _being_changed(plugin_id)
        expected = (KeyError, InvalidParameterError)
        try:
            await self._services.ask(plugin_id, "configure", "set", name, value, expected=expected)
        except KeyError:
            raise NotFound("parameter", name) from None
        except InvalidParameterError:
            # Not its message, which may quote the value.
            raise Refused("invalid-parameter", f"{name} can't have that value") from None

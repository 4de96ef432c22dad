"""
The installed plugins, loaded and closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.errors import PluginError
from provd.guard import MISTAKES, described
from provd.pluginhost.installed import scan_plugins
from provd.pluginhost.loader import create_plugin, load_plugin_class
from provd.pluginhost.manager import PluginManager
from provd.pluginkit.files import sweep_leftovers

from .plugincalls import PluginCalls
from .rawconfigs import RawConfigs


class Plugins:
    """
    Loads the installed plugins and closes them.

    :param folder: where plugins are installed, each in a folder named by its id.
    :param gen_cfg: makes what a plugin is told of the daemon's settings, anew for each plugin.
    :param spec_cfg: the same of the settings for one plugin, by its id.
    :ivar broken: folder name -> why there is no plugin of that id, or why it isn't all right.
    """

    LONGEST_CLOSE = 5.0
    """Seconds."""

    _log = Logger()

    def __init__(
        self,
        folder: Path,
        manager: PluginManager,
        calls: PluginCalls,
        raw_configs: RawConfigs,
        gen_cfg: Callable[[], dict[str, Any]],
        spec_cfg: Callable[[str], dict[str, Any]],
        check_min: bool = True,
        check_max: bool = True,
    ) -> None:
        self._folder = folder
        self._manager = manager
        self._calls = calls
        self._raw_configs = raw_configs
        self._gen_cfg = gen_cfg
        self._spec_cfg = spec_cfg
        self._checks = (check_min, check_max)
        self.broken: dict[str, str] = {}

    async def load_all(self, app: Any, sweep: bool) -> dict[str, dict[str, Any]]:
        """
        Load every installed plugin; one that fails is logged and stops nothing else.

        :param sweep: whether to remove files that were being written when the daemon was killed.
        :returns: what :meth:`scan` does.
        """
        found = await self.scan()
        for plugin_id in found:
            if sweep:
                await deferToThread(sweep_leftovers, str(self._folder / plugin_id / "var" / "tftpboot"))
            with suppress(PluginError):
                await self.load(plugin_id, app)
        for plugin_id, why in self.broken.items():
            self._log.error("{plugin}: {why}", plugin=plugin_id, why=why)
        return found

    async def scan(self) -> dict[str, dict[str, Any]]:
        """
        Return the content of the ``plugin-info`` of each installed plugin, by id; those that have none are
        noted as broken.
        """
        found, broken = await deferToThread(scan_plugins, self._folder)
        gone = [plugin_id for plugin_id in self.broken if plugin_id not in found]
        for plugin_id in gone:
            del self.broken[plugin_id]
        self.broken |= broken
        return found

    def note(self, plugin_id: str, problem: str | None) -> None:
        """
        Note what is wrong with a plugin; None if nothing is, or it is gone.
        """
        if problem is None:
            self.broken.pop(plugin_id, None)
        else:
            self.broken[plugin_id] = problem

    def try_out(self, plugin_id: str, folder: Path) -> None:
        """
        Run the ``entry.py`` of a version of a plugin that isn't in its place yet.

        :raises PluginError: if it can't be loaded.
        """
        with self._loading(plugin_id):
            load_plugin_class(plugin_id, str(folder), *self._checks)

    async def load(self, plugin_id: str, app: Any) -> None:
        """
        Load an installed plugin and have it write its common files.

        :raises PluginError: if it can't be loaded, or is loaded but can't write its common files.
        """
        try:
            await self._load(plugin_id, app)
        except PluginError as error:
            self.note(plugin_id, error.problem)
            raise
        self.note(plugin_id, None)

    async def _load(self, plugin_id: str, app: Any) -> None:
        folder = str(self._folder / plugin_id)
        with self._loading(plugin_id):
            plugin_class = load_plugin_class(plugin_id, folder, *self._checks)
            plugin = create_plugin(
                plugin_class, plugin_id, app, folder, self._gen_cfg(), self._spec_cfg(plugin_id)
            )
        self._manager.add(plugin)
        try:
            await self._calls.call(plugin, plugin.configure_common, self._raw_configs.base())
        except MISTAKES as error:
            problem = f"is loaded, but can't write its common files: {described(error)}"
            raise PluginError(plugin_id, problem) from None

    @contextmanager
    def _loading(self, plugin_id: str) -> Iterator[None]:
        try:
            with self._calls.weekdays(plugin_id):  # tables of time zones are often made while it is loaded
                yield
        except PluginError:
            raise
        except BaseException as error:  # foreign code may raise anything
            raise PluginError(plugin_id, f"can't be loaded: {described(error)}") from None

    async def close_all(self) -> None:
        """
        Close every plugin; nothing may be asked of them afterwards.  One that takes too long is left behind.
        """
        plugins = [self._manager.remove(plugin_id) for plugin_id, _ in self._manager.items()]
        await gatherResults([Deferred.fromCoroutine(self.close(plugin)) for plugin in plugins])

    async def close(self, plugin: Any) -> None:
        """
        Close a plugin that is on no list any more; one that fails at it is logged and nothing else.
        """
        try:
            closing = Deferred.fromCoroutine(self._calls.call(plugin, plugin.close))
            await closing.addTimeout(self.LONGEST_CLOSE, self._manager.reactor)
        except MISTAKES as error:
            self._log.error("{plugin} failed to close: {why}", plugin=plugin.id, why=described(error))

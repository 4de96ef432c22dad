"""
What whoever configures a DHCP server must know of this daemon.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.threads import deferToThread

from provd.pluginhost.manager import PluginManager
from provd.pluginkit.phoneclasses import read_phone_classes

from .phoneurls import PhoneURLs
from .tenants import Tenants

__all__ = ["DHCPFacts"]


class DHCPFacts:
    """
    The URL of this server, and the phones of the plugins that are loaded.

    :param folder: where plugins are installed, each in a folder named by its id.
    :param with_keys: whether phones' URLs carry their tenant's key.
    """

    def __init__(
        self, folder: Path, manager: PluginManager, urls: PhoneURLs, tenants: Tenants, with_keys: bool
    ) -> None:
        self._folder = folder
        self._manager = manager
        self._urls = urls
        self._tenants = tenants
        self._with_keys = with_keys

    async def of(self, tenant: str) -> dict[str, Any]:
        """
        Return them as JSON: ``url`` (without the key), ``is_advertised``, ``has_keys``, ``provisioning_key``
        (the tenant's, or None), ``classes`` (as in ``dhcp.yml``, with ``plugin``), ``broken`` (what is wrong
        with a plugin's ``dhcp.yml``, by plugin).
        """
        plugin_ids = sorted(plugin_id for plugin_id, _ in self._manager.items())
        classes, broken = await deferToThread(self._read, plugin_ids)
        key = self._tenants.key_of(tenant) if self._with_keys else None
        return {
            "url": self._urls.base_url(),
            "is_advertised": self._urls.advertised is not None,
            "has_keys": self._with_keys,
            "provisioning_key": None if key is None else key.reveal(),
            "classes": classes,
            "broken": broken,
        }

    def _read(self, plugin_ids: list[str]) -> tuple[list[dict[str, Any]], dict[str, str]]:
        classes: list[dict[str, Any]] = []
        broken: dict[str, str] = {}
        for plugin_id in plugin_ids:
            try:
                found = read_phone_classes(self._folder / plugin_id)
            except ValueError as error:
                broken[plugin_id] = str(error)
                continue
            classes += [{"plugin": plugin_id, **each.model_dump(mode="json")} for each in found]
        return classes, broken

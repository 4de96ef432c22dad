"""
The classes that every plugin derives from.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from twisted.internet import defer
from zope.interface import implementer

from provd.model.device import Device

from .info import read_plugin_info
from .interfaces import IPlugin
from .localization import with_localized_description

__all__ = ["Plugin", "StandardPlugin"]


@implementer(IPlugin)
class Plugin:
    """
    A plugin that serves no phone, for a subclass to say what it does differently.  The class that
    ``entry.py`` offers has a true ``IS_PLUGIN``.

    :param app: the application; plugins may call ``app.dev_update(device)``, which returns a Deferred.
    :param plugin_dir: the absolute path of the plugin's folder.
    :param gen_cfg: the daemon's general settings, and under ``"proxies"`` the live mapping of protocol
        to proxy.
    :param spec_cfg: the settings of this very plugin.
    """

    BLOCKING = True
    """Whether methods may wait for something: False lets the daemon call them between two requests."""

    id: str | None = None
    http_dev_info_extractor: Any = None
    tftp_dev_info_extractor: Any = None
    dhcp_dev_info_extractor: Any = None
    http_service: Any = None
    tftp_service: Any = None
    pg_associator: Any = None

    _services: Mapping[str, Any] | None = None

    def __init__(
        self, app: Any, plugin_dir: str, gen_cfg: Mapping[str, Any], spec_cfg: Mapping[str, Any]
    ) -> None:
        self._plugin_dir = plugin_dir

    @property
    def services(self) -> Mapping[str, Any]:
        return {} if self._services is None else self._services

    @services.setter
    def services(self, services: Mapping[str, Any]) -> None:
        self._services = services

    @property
    def info(self) -> dict[str, Any]:
        """
        The content of ``plugin-info``, its description in the locale in use.

        :raises ValueError: if the file is missing or lacks a mandatory key.
        """
        return with_localized_description(read_plugin_info(self._plugin_dir))

    def configure_common(self, raw_config: dict[str, Any]) -> None:
        pass

    def configure(self, device: Device, raw_config: dict[str, Any]) -> None:
        pass

    def deconfigure(self, device: Device) -> None:
        pass

    def synchronize(self, device: Device, raw_config: dict[str, Any]) -> Any:
        return defer.fail(NotImplementedError("this plugin can't synchronize a device"))

    def get_remote_state_trigger_filename(self, device: Device) -> str | None:
        return None

    def is_sensitive_filename(self, filename: str) -> bool:
        return False

    def load(self) -> None:
        """
        Never called; plugins written for former servers may define it.
        """

    def close(self) -> None:
        pass


class StandardPlugin(Plugin):
    """
    A plugin whose files for phones lie in ``var/tftpboot`` of its folder.
    """

    def __init__(
        self, app: Any, plugin_dir: str, gen_cfg: Mapping[str, Any], spec_cfg: Mapping[str, Any]
    ) -> None:
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._tftpboot_dir = os.path.join(plugin_dir, "var", "tftpboot")

"""
Parameters that are set at run time and win over the settings.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twisted.logger import Logger

from provd.logs import Secret
from provd.pluginkit import localization
from provd.settings import fields
from provd.settings.model import Settings

_PROXIES = {
    "http_proxy": fields.proxy_url,
    "https_proxy": fields.proxy_address,
    "ftp_proxy": fields.proxy_url,
}


class Parameters:
    """
    The settings' values, with those of ``app.json`` over them.  The locale goes to ``provd.pluginkit``, which
    has one for the whole daemon.

    :ivar nat: 1 if all phones are behind NAT, else 0.
    :ivar proxies: protocol to proxy, the one mapping that plugins keep.
    :ivar provisioning_keys: tenant to key.
    :ivar plugin_server: the URL of the repository of plugins, or None.
    :param path: a JSON object; one that doesn't exist holds nothing.  A value that can't be used is logged
        and passed over, and so is a file that can't be read.
    """

    _log = Logger()

    def __init__(self, path: Path, settings: Settings) -> None:
        self.nat = 0
        self.proxies: dict[str, str] = {
            name: proxy for name, proxy in settings.proxy.model_dump().items() if proxy is not None
        }
        self.provisioning_keys: dict[str, Secret | None] = {
            tenant: values.provisioning_key for tenant, values in settings.tenants.items()
        }
        localization.set_locale(None)
        self.plugin_server: str | None = settings.general.plugin_server
        self._path = path
        for name, value in self._saved().items():
            try:
                self._apply(name, value)
            except ValueError:
                self._complain(name)

    def _complain(self, name: str) -> None:
        self._log.error("{path}: {name} can't be used and is passed over", path=str(self._path), name=name)

    def _saved(self) -> dict[str, Any]:
        try:
            saved = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            saved = None
        if not isinstance(saved, dict):
            self._log.error("{path} can't be read: the settings hold", path=str(self._path))
            return {}
        return saved

    def _apply(self, name: str, value: Any) -> None:
        if name == "NAT":
            self.nat = _nat(value)
        elif name in _PROXIES:
            self._set_proxy(name.removesuffix("_proxy"), fields.optional(_PROXIES[name])(value))
        elif name == "tenants":
            self.provisioning_keys = self._keys(value)
        elif name == "locale":
            localization.set_locale(fields.optional(fields.text)(value))
        elif name == "plugin_server":
            self.plugin_server = fields.optional(fields.server_url)(value)
        else:
            self._complain(name)

    def _keys(self, tenants: Any) -> dict[str, Secret | None]:
        if not isinstance(tenants, dict):
            raise ValueError("isn't an object")
        keys: dict[str, Secret | None] = {}
        for tenant, values in tenants.items():
            try:
                key = fields.optional(fields.provisioning_key)((values or {}).get("provisioning_key"))
                if key is not None and key in keys.values():
                    raise ValueError("opens another tenant")
            except (ValueError, AttributeError):
                self._complain(f"the provisioning key of tenant {tenant}")
                key = None
            keys[tenant] = key
        return keys

    def _set_proxy(self, protocol: str, proxy: str | None) -> None:
        if proxy is None:
            self.proxies.pop(protocol, None)
        else:
            self.proxies[protocol] = proxy

    def take_settings(self, settings: Settings) -> None:
        """
        Take up proxies of settings that were read again, but for those that were set at run time.
        """
        saved = self._saved()
        for protocol, proxy in settings.proxy.model_dump().items():
            if f"{protocol}_proxy" not in saved:
                self._set_proxy(protocol, proxy)


def _nat(value: Any) -> int:
    if value in (None, "", "0", 0):
        return 0
    if value in ("1", 1):
        return 1
    raise ValueError("isn't 0 or 1")

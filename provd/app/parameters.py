"""
Parameters that are set at run time and win over the settings.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twisted.logger import Logger

from provd.logs import Secret
from provd.settings import fields
from provd.settings.model import Settings

_PROXIES = {
    "http_proxy": fields.proxy_url,
    "https_proxy": fields.proxy_address,
    "ftp_proxy": fields.proxy_url,
}


class Parameters:
    """
    The settings' values, with those of ``app.json`` over them.

    ``proxies`` is the one mapping that plugins keep: protocol to proxy.

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
        self._path = path
        for name, value in self._saved().items():
            try:
                self._apply(name, value)
            except (ValueError, TypeError, AttributeError):
                self._log.error("{path}: {name} can't be used", path=str(path), name=name)

    def _saved(self) -> dict[str, Any]:
        try:
            saved = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            self._log.error("{path} can't be read: the settings hold", path=str(self._path))
            return {}
        return saved if isinstance(saved, dict) else {}

    def _apply(self, name: str, value: Any) -> None:
        if name == "NAT":
            self.nat = int(value or 0)
        elif name in _PROXIES:
            self._set_proxy(name.removesuffix("_proxy"), _PROXIES[name](value) if value else None)
        elif name == "tenants":
            self.provisioning_keys = {
                tenant: fields.provisioning_key(key) if (key := values.get("provisioning_key")) else None
                for tenant, values in value.items()
            }

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

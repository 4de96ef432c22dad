"""
Parameters that are set at run time and win over the settings.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twisted.internet.defer import DeferredLock
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.errors import NotFound, Refused, StoreError
from provd.logs import Secret
from provd.pluginkit import localization
from provd.settings import fields
from provd.settings.model import Settings
from provd.store.atomic import write_durably

_PROXIES = {
    "http_proxy": fields.proxy_url,
    "https_proxy": fields.proxy_address,
    "ftp_proxy": fields.proxy_url,
}


_DESCRIPTIONS = {
    "plugin_server": {
        "description": "The URL of the plugin repository",
        "description_fr": "L'URL du dépôt de plugins",
    },
    "http_proxy": {
        "description": "The proxy for HTTP, such as http://user:password@host:port",
        "description_fr": "Le proxy pour HTTP, tel que http://utilisateur:secret@hôte:port",
    },
    "ftp_proxy": {
        "description": "The proxy for FTP, such as http://user:password@host:port",
        "description_fr": "Le proxy pour FTP, tel que http://utilisateur:secret@hôte:port",
    },
    "https_proxy": {
        "description": "The proxy for HTTPS, such as host:port",
        "description_fr": "Le proxy pour HTTPS, tel que hôte:port",
    },
    "locale": {
        "description": "The locale of descriptions, such as fr or fr_CA",
        "description_fr": "La locale des descriptions, telle que fr ou fr_CA",
    },
    "NAT": {
        "description": "1 if all phones are behind NAT, else 0",
        "description_fr": "1 si tous les téléphones sont derrière un NAT, sinon 0",
    },
    "provisioning_key": {
        "description": "The tenant's key, the first part of the path that its phones ask for",
        "description_fr": "La clé du tenant, première partie du chemin que ses téléphones demandent",
    },
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
        self._lock = DeferredLock()
        for name, value in self._saved().items():
            try:
                self._take(name, self._parsed(name, value))
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

    def _parsed(self, name: str, value: Any) -> Any:
        """
        Return a value of ``app.json`` as it is used.

        :raises ValueError: if it can't be, or nothing has that name.
        """
        if name == "NAT":
            return _nat(value)
        if name in _PROXIES:
            return fields.optional(_PROXIES[name])(value)
        if name == "tenants":
            return self._keys(value)
        if name == "locale":
            return fields.optional(_locale)(value)
        if name == "plugin_server":
            return fields.optional(fields.server_url)(value)
        raise ValueError("isn't a parameter")

    def _take(self, name: str, parsed: Any) -> None:
        if name == "NAT":
            self.nat = parsed
        elif name in _PROXIES:
            self._set_proxy(name.removesuffix("_proxy"), parsed)
        elif name == "tenants":
            self.provisioning_keys = parsed
        elif name == "locale":
            localization.set_locale(parsed)
        else:
            self.plugin_server = parsed

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

    def get(self, name: str, tenant: str) -> Any:
        """
        Return the value of a parameter; secrets in it are the caller's to keep.

        :param tenant: whose ``provisioning_key``.
        :raises NotFound: if there is none of that name.
        """
        if name == "plugin_server":
            return self.plugin_server
        if name in _PROXIES:
            return self.proxies.get(name.removesuffix("_proxy"))
        if name == "locale":
            return localization.get_locale()
        if name == "NAT":
            return self.nat
        if name == "provisioning_key":
            key = self.provisioning_keys.get(tenant)
            return None if key is None else key.reveal()
        raise NotFound("parameter", name)

    def listed(self, tenant: str) -> list[dict[str, Any]]:
        """
        Return all parameters, in order: ``{"id", "description", "value"}``, the description in the locale in
        use.
        """
        return [
            {
                "id": name,
                "description": localization.with_localized_description(texts)["description"],
                "value": self.get(name, tenant),
            }
            for name, texts in _DESCRIPTIONS.items()
        ]

    async def set(self, name: str, value: Any, tenant: str) -> None:
        """
        Change a parameter; None or an empty text unsets it.  Returns once it would survive a power cut.

        :param tenant: whose ``provisioning_key``.
        :raises NotFound: if there is none of that name.
        :raises Refused: if it can't have that value.
        :raises StoreError: if it can't be written; then nothing has changed.
        """
        self.get(name, tenant)
        await self._lock.acquire()
        try:
            saved = self._saved()
            if name == "provisioning_key":
                name, value = "tenants", self._with_key(saved, tenant, value)
            await self._save(saved, name, None if value == "" else value)
        finally:
            self._lock.release()

    async def _save(self, saved: dict[str, Any], name: str, value: Any) -> None:
        """
        Write what is saved with one value changed, and take that.
        """
        try:
            parsed = self._parsed(name, value)
        except ValueError as error:
            # Of a proxy or a key the mistake doesn't repeat the value.
            raise Refused("invalid-parameter", f"{name} {error}") from None
        saved[name] = value
        try:
            await deferToThread(write_durably, self._path, json.dumps(saved, indent=1).encode())
        except OSError as error:
            raise StoreError(f"{self._path} can't be written: {error.strerror}") from error
        self._take(name, parsed)

    def _with_key(self, saved: dict[str, Any], tenant: str, value: Any) -> dict[str, Any]:
        """
        Return the table of tenants with a key changed.
        """
        try:
            key = fields.optional(fields.provisioning_key)(value)
        except ValueError:
            raise Refused("invalid-parameter", "provisioning_key isn't one") from None
        for owner, other in self.provisioning_keys.items():
            if owner != tenant and other is not None and key is not None and other == key:
                raise Refused("invalid-parameter", "provisioning_key is another tenant's")
        return {**self._table(saved), tenant: {"provisioning_key": None if key is None else key.reveal()}}

    def _table(self, saved: dict[str, Any]) -> dict[str, Any]:
        """
        Return a copy of the saved table of tenants; the settings' holds until there is one.
        """
        tenants = saved.get("tenants")
        if isinstance(tenants, dict):
            return dict(tenants)
        return {
            owner: {"provisioning_key": None if key is None else key.reveal()}
            for owner, key in self.provisioning_keys.items()
        }

    async def forget_tenant(self, tenant: str) -> None:
        """
        Remove what is kept of a tenant.

        :raises StoreError: if it can't be written.
        """
        await self._lock.acquire()
        try:
            saved = self._saved()
            if tenant in (table := self._table(saved)):
                del table[tenant]
                await self._save(saved, "tenants", table)
        finally:
            self._lock.release()

    def take_settings(self, settings: Settings) -> None:
        """
        Take up proxies of settings that were read again, but for those that were set at run time.
        """
        saved = self._saved()
        for protocol, proxy in settings.proxy.model_dump().items():
            if f"{protocol}_proxy" not in saved:
                self._set_proxy(protocol, proxy)


def _locale(value: Any) -> str:
    locale = fields.text(value)
    localization.check_locale(locale)
    return locale


def _nat(value: Any) -> int:
    if isinstance(value, float):
        raise ValueError("isn't 0 or 1")
    if value in (None, "", "0", 0):
        return 0
    if value in ("1", 1):
        return 1
    raise ValueError("isn't 0 or 1")

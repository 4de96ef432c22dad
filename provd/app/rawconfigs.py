"""
The raw config that a plugin renders a device from: base, configs, URL and key of its tenant, defaults.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from twisted.logger import Logger

from provd.errors import InvalidDocument, InvalidSettings, NotFound
from provd.model import configs, parametertypes, rawconfig
from provd.model.configs import Config, RawConfig
from provd.model.device import Device
from provd.store.interfaces import IDocumentStore
from provd.timezones.database import zone_names

from .phoneurls import PhoneURLs
from .tenants import Tenants

# Of a URL without a port.  Plugins only look whether there is one, and build URLs from the whole.
_HTTP_PORT = 8667


class CannotConfigure(Exception):
    """
    Why a device has no files; the text names keys and never tells values.
    """


def read_base_raw_config(path: Path) -> RawConfig:
    """
    Return the raw config that lies below every other; a missing file counts as an empty one.

    :raises InvalidSettings: if the file isn't a JSON object, or names values that no phone can use.
    """
    try:
        content = json.loads(path.read_bytes())
        if not isinstance(content, dict):
            raise ValueError("isn't a JSON object")
        parametertypes.check_structure(content)
        _ = urlsplit(content.get("http_base_url") or "").port
    except FileNotFoundError:
        return {}
    except OSError as error:
        problem = f"can't be read: {error.strerror}"
    except json.JSONDecodeError as error:
        problem = f"isn't JSON: {error}"
    except (ValueError, RecursionError, InvalidDocument) as error:
        problem = str(error)
    else:
        return content
    raise InvalidSettings({"general.base_raw_config_file": f"{path}: {problem}"})


class RawConfigs:
    """
    Raw configs as plugins get them.

    :param below: what :func:`read_base_raw_config` returned.
    :param tftp_port: the port that phones are told.
    :param with_keys: whether each tenant's URL carries its provisioning key.
    """

    _log = Logger()

    def __init__(
        self,
        store: IDocumentStore,
        below: Mapping[str, Any],
        urls: PhoneURLs,
        tenants: Tenants,
        tftp_port: int,
        with_keys: bool,
    ) -> None:
        self._store = store
        self._below = dict(below)
        self._urls = urls
        self._tenants = tenants
        self._tftp_port = tftp_port
        self._with_keys = with_keys
        self._warned: set[str] = set()

    def base(self, device_id: str | None = None) -> RawConfig:
        """
        Return the base raw config, as for common files or for one device, whose URL may be another.
        """
        raw = deepcopy(self._below)
        if not raw.get("tftp_port"):
            raw["tftp_port"] = self._tftp_port
        if not raw.get("http_base_url"):
            raw["http_base_url"] = self._urls.base_url(device_id)
        raw["http_base_url"] = str(raw["http_base_url"]).rstrip("/")
        parts = urlsplit(raw["http_base_url"])
        if not raw.get("ip"):
            raw["ip"] = parts.hostname or ""
        if not raw.get("http_port"):
            raw["http_port"] = parts.port or _HTTP_PORT
        return raw

    def flattened(self, config_id: str, device_id: str | None = None) -> RawConfig | None:
        """
        Return a config with all that it inherits, or None if there is no such config.
        """
        return configs.flatten(config_id, self._config, self.base(device_id))

    def _config(self, config_id: str) -> Config | None:
        try:
            return self._store.get(config_id)
        except NotFound:
            return None

    def for_device(self, device: Device) -> RawConfig:
        """
        Return the raw config, private to the caller, from which a plugin configures the device.

        :raises CannotConfigure: if there is none.
        :raises InvalidDocument: if it lacks something or holds a wrong value.
        """
        raw = self._of(device)
        url = raw.get("http_base_url")
        if isinstance(url, str) and url:  # else it is reported below
            raw["http_base_url"] = url.rstrip("/") + self._path_of_key(device)
        return self._prepared(device["config"], raw)

    def for_synchronize(self, device: Device) -> RawConfig:
        """
        Return the raw config with which a plugin synchronizes the device: the same but for the provisioning
        key.  Raises like :meth:`for_device`.
        """
        raw = self._of(device)
        return self._prepared(device["config"], raw)

    def _of(self, device: Device) -> RawConfig:
        config_id = device.get("config")
        if config_id is None:
            raise CannotConfigure("no config")
        raw = self.flattened(config_id, device["id"])
        if raw is None:
            raise CannotConfigure("its config doesn't exist")
        return raw

    def _prepared(self, config_id: str, raw: RawConfig) -> RawConfig:
        for warning in rawconfig.prepare(raw):
            self._warn(config_id, warning)
        for name in parametertypes.unknown_parameters(raw):
            self._warn(config_id, f"{name[:60]!r}: not a parameter that provd knows, passed on")
        if isinstance(zone := raw.get("timezone"), str) and zone not in zone_names():
            self._warn(config_id, f"timezone: {zone[:60]!r} isn't known, passed on")
        rawconfig.check_complete(raw)
        return raw

    def _path_of_key(self, device: Device) -> str:
        """
        Return what a device's URL has after the one that all have.
        """
        if not self._with_keys:
            return ""
        owner = device.get("tenant_uuid")
        if self._tenants.is_new(owner):  # under whose key the phone came, until it has a tenant of its own
            owner = self._urls.key_of(device["id"]) or owner
        key = self._tenants.key_of(owner)
        if key is None:
            raise CannotConfigure("its tenant has no provisioning key")
        return f"/{key.reveal()}"

    def _warn(self, config_id: str, text: str) -> None:
        # Each phone that shares a template would repeat its warnings at every boot.
        if text not in self._warned:
            if len(self._warned) >= 1000:
                self._warned.clear()
            self._warned.add(text)
            self._log.warn("config {config}: {text}", config=config_id, text=text)

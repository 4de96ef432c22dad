"""
Settings of earlier versions: what replaces each, and the warnings that say so.
"""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path
from typing import Any

from . import fields
from .model import Settings
from .section import OpenSection, Section, section_of

REMOVED = {
    "general.ip": "general.advertised_http_url",
    "general.external_ip": "general.advertised_http_url",
    "general.http_port": "general.http_proxied_listen_port, and general.advertised_http_url",
    "general.base_external_url": "general.advertised_http_url",
    "general.num_http_proxies": "general.http_proxied_trusted_proxies_count",
    "general.advertised_host": "general.advertised_http_url",
    "general.advertised_http_port": "general.advertised_http_url",
    "general.listen_interface": "general.http_proxied_listen_interface",
}
"""Dotted names that files of earlier versions may hold, and the settings to use."""

_DEFAULT_HTTP_PORT = 8667
_STAGES = ("info_extractor", "retriever", "updater")


def advertise_old_host(values: dict[str, Any]) -> list[str]:
    """
    Turn ``advertised_host`` and ``advertised_http_port`` of ``values`` into an URL, where none is set.

    :returns: the warning that says so, if it was done.
    """
    general = values.get("general")
    if (
        not isinstance(general, dict)
        or not general.get("advertised_host")
        or general.get("advertised_http_url")
    ):
        return []
    host, port = str(general["advertised_host"]), general.get("advertised_http_port") or _DEFAULT_HTTP_PORT
    try:
        url = fields.base_url(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
    except ValueError:
        return []
    general["advertised_http_url"] = url
    return [f"general.advertised_http_url is taken from old settings: write {url} there"]


def unknown_keys(values: dict[str, Any], model: type[Section] = Settings, prefix: str = "") -> list[str]:
    """
    Return one warning for each key of ``values`` that no model knows.
    """
    warnings = []
    for key, value in values.items():
        name = f"{prefix}{key}"
        field = model.model_fields.get(key)
        if field is None:
            if name in REMOVED:
                warnings.append(f"{name} isn't a setting any more: use {REMOVED[name]}")
            elif not issubclass(model, OpenSection):
                warnings.append(f"{name} isn't a setting: ignored")
        elif (section := section_of(field)) and isinstance(value, dict):
            warnings += unknown_keys(value, section, f"{name}.")
    return warnings


def old_programs(folder: Path) -> list[str]:
    """
    Return one warning for each file in which an earlier version kept a stage of identification as Python.
    """
    try:
        found = sorted(os.listdir(folder))
    except OSError:
        return []
    warnings = []
    for name in fnmatch.filter(found, "*.py.conf.*"):
        stage = name.partition(".")[0]
        setting = f"general.{stage}" if stage in _STAGES else "one of general." + ", ".join(_STAGES)
        warnings.append(f"{folder / name} isn't run: name the steps in {setting}")
    return warnings

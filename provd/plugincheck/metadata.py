"""
What a plugin says of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provd.errors import PluginError
from provd.pluginhost.catalog import is_plugin_id
from provd.pluginhost.loader import check_compatible

__all__ = ["mistakes"]

_TYPES = {
    *("deskphone", "dect", "wifidect", "conference", "pager", "ata", "softphone", "doorphone"),
    *("generic", "gateway"),
}
_CAPABILITIES: dict[str, type | set[str]] = {
    "lines": int,
    "high_availability": bool,
    "function_keys": int,
    "expansion_modules": int,
    "switchboard": bool,
    "multicell": bool,
    "protocol": {"sip", "sccp"},
    "type": _TYPES,
}


def mistakes(plugin_id: str, info: Mapping[str, Any]) -> Iterator[str]:
    """
    Yield what is wrong with a plugin's id and its ``plugin-info``, whose mandatory keys are there.
    """
    if not is_plugin_id(plugin_id):
        yield f"{plugin_id!r} can't be a plugin's id"
    try:
        check_compatible(plugin_id, info)
    except PluginError as error:
        yield error.problem
    for key, value in info.items():
        if key.startswith("description") and not isinstance(value, str):
            yield f"{key} must be text"
    for triple, capabilities in info["capabilities"].items():
        if len(triple.split(", ")) != 3:
            yield f"capabilities: {triple!r} isn't of the form 'Vendor, Model, Version'"
        if not isinstance(capabilities, Mapping):
            yield f"capabilities: {triple}: must be an object"
            continue
        yield from (f"capabilities: {triple}: {text}" for text in _wrong(capabilities))


def _wrong(capabilities: Mapping[str, Any]) -> Iterator[str]:
    for key, value in capabilities.items():
        expected = _CAPABILITIES.get(key)
        if isinstance(expected, set):
            if not isinstance(value, str) or value not in expected:
                yield f"{key} must be one of {', '.join(sorted(expected))}"
        elif expected is not None and type(value) is not expected:
            yield f"{key} must be {'a number' if expected is int else 'true or false'}"

"""
What differs between two sets of settings, and what of that a running daemon can take up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from .model import Settings

AT_RUN_TIME = frozenset(
    {
        "general.verbose",
        "general.advertised_http_url",
        "general.http_proxied_trusted_proxies_count",
        "general.tftp_sensitive_files",
        "general.tftp_transfers_per_address",
        "general.x_accel_redirect",
        "proxy.http",
        "proxy.https",
        "proxy.ftp",
    }
)
"""The settings that a running daemon takes up; all others wait for a restart."""


class Changes(NamedTuple):
    """
    Dotted keys whose values differ, sorted.
    """

    applicable: list[str]
    restart: list[str]


def changes(old: Settings, new: Settings) -> Changes:
    """
    Return which settings differ; ``plugin_config`` and ``tenants`` down to the single key.
    """
    before, after = dict(_leaves(old)), dict(_leaves(new))
    missing = object()
    keys = sorted(key for key in before | after if before.get(key, missing) != after.get(key, missing))
    return Changes(
        [key for key in keys if key in AT_RUN_TIME], [key for key in keys if key not in AT_RUN_TIME]
    )


def _leaves(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        value = dict(value)
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _leaves(child, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, value

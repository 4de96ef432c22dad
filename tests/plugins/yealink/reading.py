"""
Yealink's files as its phones read them.
"""

from __future__ import annotations

from typing import Any

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC, own_file

HEADER = "#!version:1.0.0.1"


def read(text: str) -> dict[str, Any]:
    """
    Read a file as a phone does: the header, then comments and ``name = value``; a later line wins, but for
    ``security.user_password``, which counts once for each user name.
    """
    first, *lines = text.split("\n")
    assert first == HEADER
    settings: dict[str, Any] = {}
    for line in filter(None, lines):
        if line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name, value = name.strip(), value.strip()
        assert equals, line
        assert name.replace(".", "").replace("_", "").isalnum(), line
        assert value, "an empty value would leave what the phone has"
        if name.endswith("security.user_password"):
            user, colon, password = value.partition(":")
            assert colon
            settings.setdefault(name, {})[user] = password
        else:
            settings[name] = value
    return settings


def settings(
    plugin: FamilyPlugin, model: str, version: str | None = None, **parameters: Any
) -> dict[str, Any]:
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    return read(own_file(plugin, device, config(parameters.pop("config", "full"), **parameters)))

"""
What the tests of all phone families share.  A family is tested by its data: ``samples/requests.yml``
(captured requests and what they tell) and ``samples/devices.yml`` in the plugin's folder, and golden files in
its folder here.

``PROVD_UPDATE_GOLDEN=1`` writes the golden files instead of comparing them.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import yaml

from provd.pluginhost.loader import create_plugin, load_plugin_class
from provd.pluginkit.family.plugin import FamilyPlugin

HERE = Path(__file__).parent
PLUGINS = HERE.parents[1] / "plugins"
FAMILIES = sorted(path.parents[1].name for path in PLUGINS.glob("*/samples/requests.yml"))
UPDATE_GOLDEN = bool(os.environ.get("PROVD_UPDATE_GOLDEN"))
MAC = "00:15:65:aa:0b:1c"


def read_yaml(family: str, name: str) -> Any:
    path = PLUGINS / family / "samples" / name
    return yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}


def load_family(family: str, folder: Path, **settings: Any) -> FamilyPlugin:
    """
    Return a family's plugin, loaded from a fresh copy below ``folder`` as the daemon does it.

    :param settings: the daemon's general settings.
    """
    plugin_dir = folder / family
    shutil.copytree(PLUGINS / family, plugin_dir, ignore=shutil.ignore_patterns("var"))
    for name in ("tftpboot", "templates", "cache", "installed"):
        (plugin_dir / "var" / name).mkdir(parents=True)
    plugin_class = load_plugin_class(family, str(plugin_dir))
    plugin = create_plugin(plugin_class, family, None, str(plugin_dir), {"proxies": {}, **settings}, {})
    assert isinstance(plugin, FamilyPlugin)
    return plugin


def served(plugin: FamilyPlugin) -> Path:
    """
    Return the folder that the plugin serves.
    """
    return Path(plugin._tftpboot_dir)


def own_file(plugin: FamilyPlugin, device: dict[str, Any], raw_config: dict[str, Any]) -> str:
    """
    Configure a device and return the text of its own file.
    """
    plugin.configure(device, raw_config)
    name = plugin.get_remote_state_trigger_filename(device)
    assert name is not None
    return (served(plugin) / name).read_text("utf-8")

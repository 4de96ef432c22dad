"""
What the tests of all phone families share.  A family is tested by its data: ``samples/requests.yml``
(captured requests and what they tell) and ``samples/devices.yml`` in the plugin's folder; in its folder
here, golden files and ``reading.py``, which reads them as its phones do.

``PROVD_UPDATE_GOLDEN=1`` writes the golden files instead of comparing them.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from provd.plugincheck.samples import CONFIGS, config
from provd.pluginhost.loader import create_plugin, load_plugin_class
from provd.pluginkit.family.plugin import FamilyPlugin

HERE = Path(__file__).parent
PLUGINS = HERE.parents[1] / "plugins"
FAMILIES = sorted(path.parents[1].name for path in PLUGINS.glob("*/samples/requests.yml"))
UPDATE_GOLDEN = bool(os.environ.get("PROVD_UPDATE_GOLDEN"))
MAC = "00:15:65:aa:0b:1c"
_XML_ENCODING = re.compile(rb'<\?xml [^>]*encoding="([\w-]+)"')


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


def reading(family: str) -> ModuleType:
    """
    Return the module that reads a family's files.
    """
    return import_module(f"tests.plugins.{family}.reading")


def own_file(plugin: FamilyPlugin, device: dict[str, Any], raw_config: dict[str, Any]) -> str:
    """
    Configure a device and return the text of its own file; ``as_text`` of a family's ``reading.py`` tells it
    where the file isn't text.
    """
    plugin.configure(device, raw_config)
    name = plugin.get_remote_state_trigger_filename(device)
    assert name is not None
    content = (served(plugin) / name).read_bytes()
    as_text: Callable[[bytes], str] = getattr(reading(plugin.id), "as_text", text_of)
    return as_text(content)


def text_of(content: bytes) -> str:
    """
    Return a file as text, in the encoding that it declares as XML, else in UTF-8.
    """
    declared = _XML_ENCODING.match(content)
    return content.decode(declared[1].decode() if declared else "utf-8")


def files_below(folder: Path) -> dict[str, bytes]:
    """
    Return the content of each file in a folder and those in it, by its path.
    """
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def files(plugin: FamilyPlugin) -> dict[str, bytes]:
    """
    Return what the plugin serves now.
    """
    return files_below(served(plugin))


def update_golden(folder: Path, content: dict[str, bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in content.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)


REMOVED = "removed"
_MOST_LINES = 16


def configs_of(
    plugin: FamilyPlugin, device: dict[str, Any], case: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """
    Yield the raw configs of a sample device, each with its title, in the order in which a phone may get them:
    all of ``CONFIGS``, ``full`` with as many lines as the phone has, and then one with everything removed
    again; only the one that the sample names, if it names one.
    """
    parameters = case.get("parameters", {})
    for title in (case["config"],) if "config" in case else CONFIGS:
        raw_config = config(title, **parameters)
        if title == "full" and "config" not in case:
            accounts = plugin.phones.facts(device.get("model"), device.get("version"))["accounts"]
            for number in range(4, min(accounts, _MOST_LINES) + 1):
                raw_config["sip_lines"][str(number)] = {
                    **raw_config["sip_lines"]["1"],
                    "username": f"line{number}",
                    "number": f"10{number:02}",
                }
        yield title, raw_config
    if "config" not in case:
        yield REMOVED, config("bare")

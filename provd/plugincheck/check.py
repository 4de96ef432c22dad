"""
Everything that can be told of a plugin without a daemon.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from provd.errors import PluginError
from provd.guard import Misbehavior
from provd.pluginhost import aliases
from provd.pluginhost.installed import VAR_FOLDERS
from provd.pluginhost.loader import create_plugin, load_plugin_class
from provd.pluginkit.info import INFO_FILE, read_plugin_info
from provd.pluginkit.packages.pkgsdb import read_packages
from provd.pluginkit.phoneclasses import DHCP_FILE, read_phone_classes
from provd.pluginkit.templates import TemplatePluginHelper
from provd.settings.model import General

from . import metadata, services, templates
from .calls import called, told
from .identity import Identity
from .samples import DEVICES, REQUESTS, SampleDevice, devices_of, made_up, requests_of, samples
from .trial import Trial
from .undefined import recording
from .writes import watched

__all__ = ["Mistake", "Report", "check_plugin"]


class Mistake(NamedTuple):
    """
    One thing that is wrong.

    :param part: of the plugin: ``"plugin-info"``, ``"templates"``, ...
    """

    part: str
    text: str


class Report:
    """
    What was found.

    :ivar mistakes: everything that is wrong.
    :ivar tried: how many of what were tried: ``{"requests": 12, "devices": 3}``.
    """

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.tried: dict[str, int] = {}

    def add(self, part: str, texts: Iterable[str]) -> None:
        self.mistakes += [Mistake(part, text) for text in texts]


async def check_plugin(folder: Path, reactor: Any) -> Report:
    """
    Check a plugin.  It runs in a copy, so that its folder stays as it is.  In the main thread.

    :param folder: named by the plugin's id.
    :param reactor: runs meanwhile, as extractors may wait.
    """
    aliases.install()
    report = Report()
    undefined: dict[str, None] = {}  # in the order in which they were found
    with tempfile.TemporaryDirectory(prefix="provd-check-") as base:
        copy = Path(base).resolve() / folder.name
        _copy(folder, copy)
        before = TemplatePluginHelper.UNDEFINED
        TemplatePluginHelper.UNDEFINED = recording(copy, undefined.setdefault)
        try:
            with watched(copy) as outside:
                await _check(copy, report, reactor)
        finally:
            TemplatePluginHelper.UNDEFINED = before
        strange = [path.replace(str(copy.parent), "..") for path in sorted(outside)]
    report.add(templates.FOLDER, undefined)
    report.add("files", (f"{path} was changed, outside of the plugin's folder" for path in strange))
    return report


def _copy(folder: Path, copy: Path) -> None:
    """
    Copy what belongs to the plugin and not to a site, as its package would bring it, and its samples.
    """

    def unwanted(parent: str, names: list[str]) -> set[str]:
        is_top = Path(parent) == folder
        return {name for name in names if name.startswith(".") or (is_top and name == "var")}

    shutil.copytree(folder, copy, symlinks=True, ignore=unwanted)
    if (folder / "var" / "tftpboot").is_dir():
        shutil.copytree(folder / "var" / "tftpboot", copy / "var" / "tftpboot")
    for name in VAR_FOLDERS:
        (copy / "var" / name).mkdir(parents=True, exist_ok=True)


async def _check(copy: Path, report: Report, reactor: Any) -> None:
    info: dict[str, Any] | None = None
    try:
        info = read_plugin_info(copy)
        report.add(INFO_FILE, metadata.mistakes(copy.name, info))
    except ValueError as error:
        report.add(INFO_FILE, [str(error).removeprefix(f"{INFO_FILE}: ")])
    report.add(templates.FOLDER, templates.mistakes(copy))
    report.tried["templates"] = len(list((copy / templates.FOLDER).rglob("*.tpl")))
    try:
        report.tried["packages"] = len(read_packages(copy / "pkgs").packages)
    except ValueError as error:
        report.add("pkgs", [str(error)])
    try:
        report.tried["phone classes"] = len(read_phone_classes(copy))
    except ValueError as error:
        report.add(DHCP_FILE, [str(error).removeprefix(f"{DHCP_FILE}: ")])
    if info is None:
        return  # the daemon doesn't load it either
    try:
        plugin = _loaded(copy)
    except PluginError as error:
        report.add("entry.py", [told(error.__cause__, copy) if error.__cause__ else error.problem])
        return
    except Misbehavior as error:
        report.add("entry.py", [told(error, copy)])
        return
    report.add("services", services.mistakes(plugin, copy))
    identity, capabilities = Identity(plugin, copy, reactor), info["capabilities"]
    report.add("associator", identity.judged(capabilities))
    report.add("extractors", await identity.foreign())
    await _requests(identity, copy, report)
    trial = Trial(plugin, copy)
    report.add("common files", trial.common())
    _devices(trial, copy, capabilities, report)
    report.add("close", trial.closed())


def _loaded(copy: Path) -> Any:
    """
    Return the plugin, loaded as the daemon does it; which versions it wants is checked apart.

    :raises PluginError: if it can't be loaded; it comes of what was raised, if anything was.
    """
    plugin_class = called(load_plugin_class, copy.name, str(copy), False, False)
    gen_cfg = {**General().model_dump(), "proxies": {}}
    return called(create_plugin, plugin_class, copy.name, None, str(copy), gen_cfg, {})


async def _requests(identity: Identity, copy: Path, report: Report) -> None:
    try:
        content = samples(copy, REQUESTS)
        requests = [] if content is None else requests_of(content)
    except ValueError as error:
        report.add("samples", [str(error)])
        return
    report.add(REQUESTS, await identity.requests(requests))
    report.tried["requests"] = len(requests)


def _devices(trial: Trial, copy: Path, capabilities: dict[str, Any], report: Report) -> None:
    try:
        content = samples(copy, DEVICES)
        devices = list(made_up(capabilities) if content is None else devices_of(content))
    except ValueError as error:
        report.add("samples", [str(error)])
        return
    report.add("devices", _once(devices, trial.configured))
    report.tried["devices made up of its capabilities" if content is None else "devices"] = len(devices)


def _once(devices: list[SampleDevice], tried: Callable[[SampleDevice], Iterable[str]]) -> Iterable[str]:
    """
    Return what is wrong with devices, what is so with several of them once.
    """
    found: dict[str, list[str]] = {}
    for sample in devices:
        for text in tried(sample):
            found.setdefault(text, []).append(sample.name)
    for text, (first, *others) in found.items():
        yield f"{first}: {text}" + (f" (and with {len(others)} more)" if others else "")

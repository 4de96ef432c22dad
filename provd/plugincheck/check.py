"""
Everything that can be told of a plugin without a daemon.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from provd.errors import PluginError
from provd.pluginhost import aliases
from provd.pluginhost.installed import VAR_FOLDERS
from provd.pluginhost.loader import create_plugin, load_plugin_class
from provd.pluginkit.info import read_plugin_info
from provd.pluginkit.packages.pkgsdb import read_packages
from provd.pluginkit.templates import TemplatePluginHelper

from . import metadata, templates
from .samples import DEVICES, REQUESTS, devices_of, made_up, samples
from .trial import Trial

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
    Check a plugin.  It runs in a copy, so that its folder stays as it is.

    :param folder: named by the plugin's id.
    :param reactor: runs meanwhile, as extractors may wait.
    """
    aliases.install()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="provd-check-") as base:
        copy = Path(base, folder.name)
        shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns("var", ".*"))
        if (folder / "var" / "tftpboot").is_dir():
            shutil.copytree(folder / "var" / "tftpboot", copy / "var" / "tftpboot")
        for name in VAR_FOLDERS:
            (copy / "var" / name).mkdir(parents=True, exist_ok=True)
        before = TemplatePluginHelper.UNDEFINED
        TemplatePluginHelper.UNDEFINED = jinja2.StrictUndefined
        try:
            await _check(copy, report, reactor)
        finally:
            TemplatePluginHelper.UNDEFINED = before
        strange = sorted(path.name for path in Path(base).iterdir() if path != copy)
        report.add("files", (f"{name} was written outside of the plugin's folder" for name in strange))
    return report


async def _check(copy: Path, report: Report, reactor: Any) -> None:
    info: dict[str, Any] | None = None
    try:
        info = read_plugin_info(copy)
        report.add("plugin-info", metadata.mistakes(copy.name, info))
    except ValueError as error:
        report.add("plugin-info", [str(error)])
    report.add("templates", templates.mistakes(copy))
    report.tried["templates"] = len(list((copy / "templates").rglob("*.tpl")))
    try:
        report.tried["packages"] = len(read_packages(copy / "pkgs").packages)
    except ValueError as error:
        report.add("pkgs", [str(error)])
    if info is None:
        return
    try:
        plugin = create_plugin(
            load_plugin_class(copy.name, str(copy)), copy.name, None, str(copy), {"proxies": {}}, {}
        )
    except PluginError as error:
        report.add("entry.py", [error.problem])
        return
    await _try(Trial(plugin, copy, reactor), copy, info["capabilities"], report)


async def _try(trial: Trial, copy: Path, capabilities: Any, report: Report) -> None:
    report.add("common files", trial.common())
    report.add("associator", trial.judged(capabilities))
    try:
        requests = samples(copy, REQUESTS) or []
        report.add(REQUESTS, await trial.requests(requests))
        report.tried["requests"] = len(requests)
        content = samples(copy, DEVICES)
        devices = list(made_up(capabilities) if content is None else devices_of(content))
    except (ValueError, TypeError, AttributeError) as error:
        report.add("samples", [str(error)])
        return
    for sample in devices:
        report.add("devices", trial.configured(sample))
    report.tried["devices"] = len(devices)

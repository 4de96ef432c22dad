"""
Installs plugins from a repository on this machine: those that come with the daemon.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from provd.errors import PluginError

from .catalog import CATALOG_FILE, Catalog, parse_catalog
from .installed import install_package, installed_digest

__all__ = ["Deployment", "Upgrade", "deploy", "read_catalog"]


Upgrade = Literal["installed", "all"] | None
"""Which plugins are made those of the repository on this machine at every start."""


@dataclass
class Deployment:
    """
    What became of the plugins of a repository, each by id.

    :param failed: plugin id -> why.
    """

    installed: list[str] = field(default_factory=list)
    upgraded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def read_catalog(repository_dir: Path) -> Catalog:
    """
    Return the catalog of a repository; one without a catalog offers nothing.  Blocks.

    :raises ValueError: if it can't be read.
    """
    try:
        data = (repository_dir / CATALOG_FILE).read_bytes()
    except FileNotFoundError:
        return Catalog()
    except OSError as error:
        raise ValueError(f"{CATALOG_FILE} can't be read: {error.strerror}") from error
    return parse_catalog(data)


def deploy(repository_dir: Path, plugins_dir: Path, names: str | Collection[str] = "all") -> Deployment:
    """
    Install the plugins that are missing, and those that were installed from another package than the
    repository has now.  Blocks.

    :param names: plugin ids; ``"all"``; or ``"installed"``, those that are there and came from a package.
    :raises ValueError: if the repository's catalog can't be read.
    """
    catalog = read_catalog(repository_dir)
    everything = {*catalog.entries, *catalog.rejected}
    result = Deployment()
    if names == "installed":
        names = [plugin_id for plugin_id in everything if installed_digest(plugins_dir, plugin_id)]
    for plugin_id in sorted(everything if names == "all" else names):
        try:
            _deploy_one(catalog, repository_dir, plugins_dir, plugin_id, result)
        except PluginError as error:
            result.failed[plugin_id] = error.problem
    return result


def _deploy_one(
    catalog: Catalog, repository_dir: Path, plugins_dir: Path, plugin_id: str, result: Deployment
) -> None:
    entry = catalog.entries.get(plugin_id)
    if entry is None:
        raise PluginError(plugin_id, catalog.rejected.get(plugin_id, "the repository doesn't have it"))
    if installed_digest(plugins_dir, plugin_id) == entry.sha1:
        result.unchanged.append(plugin_id)
        return
    was_there = (plugins_dir / plugin_id).exists()
    package = repository_dir / entry.filename
    install_package(package, plugins_dir, plugin_id, entry.size, entry.sha1, entry.sha256)
    (result.upgraded if was_there else result.installed).append(plugin_id)

"""
A folder of plugins, and packages of one plugin to put there.
"""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

from provd.pluginhost.installed import install_package, scan_plugins
from provd.pluginhost.staged import StagedPlugin

INFO = {"version": "1.0", "description": "x", "capabilities": {}}


class Site:
    """
    A folder of plugins, and packages of the plugin ``x`` to put there.
    """

    def __init__(self, tmp_path: Path) -> None:
        self.plugins = tmp_path / "plugins"
        self.x = self.plugins / "x"
        self._package = tmp_path / "x.tar"

    def package(self, version: str = "1.0", **files: str) -> Path:
        """
        Make a package; ``a__b="text"`` becomes the file ``a/b``.
        """
        members = {"plugin-info": json.dumps({**INFO, "version": version}), "entry.py": "", **files}
        with tarfile.open(self._package, "w") as archive:
            for name, text in members.items():
                member = tarfile.TarInfo("x/" + name.replace("__", "/"))
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        return self._package

    def install(self, version: str = "1.0", **files: str) -> None:
        install_package(self.package(version, **files), self.plugins, "x")

    def staged(self, version: str, **files: str) -> StagedPlugin:
        return StagedPlugin(self.package(version, **files), self.plugins, "x")

    def write(self, name: str, text: str) -> Path:
        path = self.x / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def read(self, name: str) -> str:
        return (self.x / name).read_text()

    def versions(self) -> dict[str, str]:
        return {plugin_id: info["version"] for plugin_id, info in scan_plugins(self.plugins)[0].items()}


def contents(folder: Path) -> dict[str, bytes | None]:
    """
    Return what is in a folder: path -> content, None for folders.
    """
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }

"""
A folder of plugins, and the repository that is made of it.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

from provd.pluginhost.repository import build_repository

INFO = {
    "version": "1.0",
    "description": "x",
    "description_fr": "y",
    "capabilities": {"B, M, *": {"lines": 1}},
}


class Sources:
    """
    A folder of plugins ``a`` and ``b``, and the repository made of it.
    """

    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "sources"
        self.built = tmp_path / "built"
        self.plugins = tmp_path / "plugins"
        for name in ("a", "b"):
            self.write(f"{name}/plugin-info", json.dumps(INFO))
            self.write(f"{name}/entry.py", "")

    def write(self, name: str, text: str = "") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def names(self, package: str = "a-1.0.tar.bz2") -> list[str]:
        with tarfile.open(self.built / package, "r:bz2") as archive:
            return archive.getnames()

    def build(self) -> list[str]:
        return build_repository([self.folder], self.built)

"""
Running one installation.
"""

from __future__ import annotations

import os
from pathlib import Path

from provd.pluginkit.packages.graph import InstallGraph

__all__ = ["file", "files_in", "run"]


def run(work: Path, files: list[Path], *arguments: str, **edges: str) -> dict[str, bytes]:
    """
    Return what an installation makes: contents by path, and empty folders with a slash at the end.

    :param edges: by ``source_destination``.
    """
    graph = InstallGraph.parse({edge.replace("_", "-"): command for edge, command in edges.items()})
    return files_in(graph.run(files, arguments, work))


def files_in(folder: Path) -> dict[str, bytes]:
    """
    Return what is in a folder, as :func:`run` does.
    """
    found = {}
    for parent, subfolders, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            found[str(path.relative_to(folder))] = path.read_bytes()
        for name in subfolders:
            if not os.listdir(Path(parent, name)):
                found[str(Path(parent, name).relative_to(folder)) + "/"] = b""
    return found


def file(path: Path, content: bytes = b"x") -> Path:
    path.write_bytes(content)
    return path

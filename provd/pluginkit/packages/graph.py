"""
``[install_<id>]``: filters from folder to folder, beginning at ``a``, the files of the package.

Each key is an edge ``<source>-<destination>``, each value a filter with its arguments.  What the last folders
of all branches hold is the result.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .filters import FILTERS, InstallError, check_arguments, told
from .members import ArchiveError, stays_inside
from .variables import check_syntax, substituted

__all__ = ["InstallError", "InstallGraph"]

_ROOT = "a"


@dataclass(frozen=True)
class _Step:
    source: str
    destination: str
    filter: str
    arguments: tuple[str, ...]


class InstallGraph:
    """
    One installation, its steps in an order in which each finds its source.
    """

    def __init__(self, steps: Sequence[_Step]) -> None:
        self._steps = tuple(steps)

    @classmethod
    def parse(cls, edges: Mapping[str, str]) -> InstallGraph:
        """
        Return the installation that a section describes.

        :raises ValueError: naming the edge that is wrong.
        """
        waiting: dict[str, _Step] = {}
        for edge, value in edges.items():
            step = _step(edge, value)
            if step.destination in waiting:
                raise ValueError(f"{edge}: {step.destination} is made twice")
            waiting[step.destination] = step
        if not waiting:
            raise ValueError("has no filter")
        steps: list[_Step] = []
        known = {_ROOT}
        while waiting:
            ready = [step for step in waiting.values() if step.source in known]
            if not ready:
                sources = sorted({step.source for step in waiting.values()})
                raise ValueError(f"makes {', '.join(sources)} of nothing, or of itself")
            for step in ready:
                known.add(step.destination)
                del waiting[step.destination]
            steps += ready
        return cls(steps)

    def run(self, files: Sequence[Path], arguments: Sequence[str], work_dir: Path) -> Path:
        """
        Run the filters; return the folder that holds the result.  Blocks.

        :param files: the package's files, in order; their names are ``$FILE1``, ``$FILE2``, ...
        :param arguments: ``$ARG1``, ``$ARG2``, ...
        :param work_dir: an empty folder, for all that is made.
        :raises InstallError: saying which filter failed at what.
        """
        variables = {f"FILE{number}": file.name for number, file in enumerate(files, 1)}
        variables |= {f"ARG{number}": argument for number, argument in enumerate(arguments, 1)}
        folders = {_ROOT: work_dir / "files"}
        folders[_ROOT].mkdir()
        for file in files:
            _bring(file, folders[_ROOT] / file.name)
        result = work_dir / "result"
        result.mkdir()
        sources = {step.source for step in self._steps}
        for number, step in enumerate(self._steps):
            if step.destination in sources:
                target = work_dir / f"step{number}"
                target.mkdir()
            else:
                target = result
            folders[step.destination] = target
            _run(step, variables, folders[step.source], target)
        for parent, names, others in os.walk(result):
            for path in (Path(parent, name) for name in [*names, *others]):
                if path.is_symlink() and not stays_inside(result, path):
                    raise InstallError(f"a link that leads out: {path.name!r}")
        return result


def _bring(file: Path, target: Path) -> None:
    """
    Give a file of the cache a further name, or copy it.
    """
    if target.exists():
        return  # the package names it twice
    try:
        os.link(file.resolve(), target)
    except OSError:
        shutil.copyfile(file, target)


def _run(step: _Step, variables: Mapping[str, str], source: Path, target: Path) -> None:
    try:
        arguments = [substituted(argument, variables) for argument in step.arguments]
        FILTERS[step.filter].run(source, target, arguments)
    except (InstallError, ArchiveError, ValueError, OSError) as error:
        raise InstallError(f"{step.source}-{step.destination}: {step.filter}: {told(error)}") from error


def _step(edge: str, value: str) -> _Step:
    source, dash, destination = edge.partition("-")
    if not dash or "-" in destination or not source or not destination:
        raise ValueError(f"{edge!r} isn't of the form source-destination")
    if destination == _ROOT:
        raise ValueError(f"{edge}: {_ROOT} stands for the package's files")
    name, *arguments = value.split() or [""]
    if name not in FILTERS:
        raise ValueError(f"{edge}: there is no filter {name!r}")
    try:
        check_arguments(name, arguments)
        for argument in arguments:
            check_syntax(argument)
    except ValueError as error:
        raise ValueError(f"{edge}: {error}") from None
    return _Step(source, destination, name, tuple(arguments))

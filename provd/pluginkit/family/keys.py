"""
Which function key of the configuration goes to which key of the phone: first the phone's own keys, then
those of its expansion modules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .reports import Report

__all__ = ["FunctionKey", "function_keys", "place"]

_TYPES = frozenset({"speeddial", "blf", "park"})


class FunctionKey(NamedTuple):
    """
    One key of a configuration, checked.
    """

    position: int
    """From 1."""
    type: str
    """``"speeddial"``, ``"blf"`` or ``"park"``."""
    value: str
    """What it dials, monitors or parks at."""
    label: str
    """Empty if there is none."""
    line: int
    """From 1."""


def function_keys(raw_config: Mapping[str, Any], lines: int, report: Report) -> list[FunctionKey]:
    """
    Return the function keys of a raw config in the order of their positions; a key that can't be one is
    reported and left out.  One for parking without a value of its own has ``exten_park``.

    :param lines: how many lines the phone has; a key for another line gets the first one.
    """
    keys = []
    for position, entry in (raw_config.get("funckeys") or {}).items():
        where = f"funckeys.{position}"
        if not (position.isascii() and position.isdigit() and int(position) > 0):
            report.add(where, "positions are numbers from 1")
        elif entry.get("type") not in _TYPES:
            report.add(where, "no such type of key")
        elif not _value(entry, raw_config):
            missing = (
                "has no value, and there is no exten_park" if entry["type"] == "park" else "has no value"
            )
            report.add(where, missing)
        else:
            keys.append(_function_key(int(position), entry, _value(entry, raw_config), lines, report))
    return sorted(keys)


def _value(entry: Mapping[str, Any], raw_config: Mapping[str, Any]) -> str:
    value = entry.get("value") or (raw_config.get("exten_park") if entry["type"] == "park" else None)
    return str(value or "")


def _function_key(
    position: int, entry: Mapping[str, Any], value: str, lines: int, report: Report
) -> FunctionKey:
    line = str(entry.get("line") or 1)
    if not (line.isascii() and line.isdigit() and 1 <= int(line) <= max(lines, 1)):
        report.add(f"funckeys.{position}", "the phone has no such line: it gets the first one")
        line = "1"
    return FunctionKey(position, entry["type"], value, str(entry.get("label") or ""), int(line))


def place(keys: Sequence[FunctionKey], places: Sequence[str], report: Report) -> dict[str, FunctionKey]:
    """
    Return the key that goes to each place; one that doesn't fit is reported and left out.

    :param places: the phone's keys in the order of positions, each by the name that the family gives it.
    """
    placed = {}
    for key in keys:
        if key.position <= len(places):
            placed[places[key.position - 1]] = key
        else:
            report.add(f"funckeys.{key.position}", f"this phone has {len(places)} keys, with all modules")
    return placed

"""
What each phone of a family has, in each of its firmware branches: a table of plain facts.

The family's ``models.yml`` names every fact under ``defaults`` with the value that holds where nothing
else is said, then lists what the models have (``models``), other names of theirs (``aliases``), whom an
unlisted model resembles (``families``), what a phone of no known model has (``unknown``) and what holds
for some versions, types or models only (``rules``, of which a later one wins)::

    defaults: {type: deskphone, branches: ["8.9", "10.1"], accounts: 12, keys: 0}
    models:
      D785: {keys: 24, branches: ["10.1", "10.1"]}
    families:
      - {match: "D7.*", like: D785}
    rules:
      - {until: "8.9", types: [deskphone], set: {accounts: 4}}

A version in the table counts for the numbers that it has: ``until: "8.9"`` includes 8.9.3.80.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from .data import DataFile, noun

__all__ = ["Facts", "PhoneTable", "Version", "dotted_numbers"]

Facts = Mapping[str, Any]
"""The facts of one phone: those of ``defaults``, and ``model`` (text or None) and ``version``."""

Version = tuple[int, ...]

_NUMBERS = re.compile(r"[0-9]{1,9}", re.ASCII)
_REMEMBERED = 4096


def dotted_numbers(text: str) -> Version:
    """
    Return the numbers of a version, in order, to compare it by: ``"6.1.5(a)"`` -> (6, 1, 5).
    """
    return tuple(int(number) for number in _NUMBERS.findall(text))


class PhoneTable:
    """
    The phones of a family.

    :param data: ``models.yml``.
    :param comparable: makes numbers to compare by of the version that a phone tells; no numbers of one that
        says nothing.
    :raises PluginError: naming all that is wrong in the data.
    """

    def __init__(self, data: DataFile, comparable: Callable[[str], Version] = dotted_numbers) -> None:
        self._comparable = comparable
        self._defaults: dict[str, Any] = data.get("defaults", {})
        self._models: dict[str, dict[str, Any]] = {}
        for name, entry in data.get("models", {}).items():
            self._models[name] = self._checked(data, f"models.{name}", entry)
        self._unknown = self._checked(data, "unknown", data.get("unknown", {}))
        self._spelling = {name.lower(): name for name in self._models}
        for alias, name in data.get("aliases", {}).items():
            self._must_exist(data, f"aliases.{alias}", name)
            self._spelling.setdefault(str(alias).lower(), name)
        self._families = [
            self._family(data, f"families.{index}", entry)
            for index, entry in enumerate(data.get("families", []))
        ]
        self._rules = [
            self._rule(data, f"rules.{index}", entry) for index, entry in enumerate(data.get("rules", []))
        ]
        data.check()
        self._known_facts: dict[tuple[str | None, str | None], Facts] = {}

    def _checked(self, data: DataFile, where: str, entry: Any) -> dict[str, Any]:
        if not isinstance(entry, dict):
            data.mistake(where, "must be a mapping")
            return {}
        for key, value in entry.items():
            if key not in self._defaults:
                data.mistake(f"{where}.{key}", "is no fact of defaults")
            elif type(value) is not type(self._defaults[key]):
                data.mistake(f"{where}.{key}", f"must be {noun(self._defaults[key])}")
        return entry

    def _must_exist(self, data: DataFile, where: str, name: Any) -> None:
        if name not in self._models:
            data.mistake(where, f"names {name!r}, which isn't a model")

    def _family(self, data: DataFile, where: str, entry: dict[str, Any]) -> tuple[re.Pattern[str], str]:
        self._must_exist(data, where, entry.get("like"))
        return data.pattern(where, f"(?i:{entry.get('match')})"), str(entry.get("like"))

    def _rule(self, data: DataFile, where: str, entry: dict[str, Any]) -> _Rule:
        for key in entry.keys() - {"since", "until", "types", "models", "set"}:
            data.mistake(f"{where}.{key}", "is no part of a rule")
        for name in entry.get("models", []):
            self._must_exist(data, where, name)
        return _Rule(
            since=dotted_numbers(str(entry.get("since", ""))),
            until=dotted_numbers(str(entry.get("until", ""))),
            types=entry.get("types", []),
            models=entry.get("models", []),
            facts=self._checked(data, f"{where}.set", entry.get("set")),
        )

    @property
    def models(self) -> list[str]:
        """
        The models of the table, without aliases.
        """
        return list(self._models)

    def listed(self, model: str) -> str | None:
        """
        Return the model of the table that has this name, in any case, as an alias or not.
        """
        return self._spelling.get(model.lower())

    def like(self, model: str) -> str | None:
        """
        Return the model of the table that this one is, or else resembles; None if it resembles none.
        """
        listed = self.listed(model)
        if listed is not None:
            return listed
        return next((name for pattern, name in self._families if pattern.fullmatch(model)), None)

    def facts(self, model: str | None, version: str | None = None) -> Facts:
        """
        Return what a phone has.

        :param model: None if it isn't known.
        :param version: None if it isn't known: then the newest one that the model was seen with.
        """
        key = (model, version)
        facts = self._known_facts.get(key)
        if facts is None:
            if len(self._known_facts) >= _REMEMBERED:  # models and versions are what strangers write
                self._known_facts.clear()
            facts = self._known_facts[key] = MappingProxyType(self._worked_out(model, version))
        return facts

    def _worked_out(self, model: str | None, version: str | None) -> dict[str, Any]:
        name = self.like(model) if model else None
        facts = {**self._defaults, **(self._unknown if name is None else self._models[name])}
        numbers = self._comparable(version) if version else ()
        numbers = numbers or dotted_numbers(facts["branches"][-1])
        for rule in self._rules:
            if rule.holds(name, facts["type"], numbers):
                facts.update(rule.facts)
        return {**facts, "model": model, "version": numbers}

    def seen_with(self, model: str, version: str) -> bool:
        """
        Tell whether a model of the table was seen with firmware of that branch.
        """
        oldest, newest = map(dotted_numbers, self.facts(model)["branches"])
        numbers = self._comparable(version)
        return bool(numbers) and oldest <= numbers[: len(oldest)] and numbers[: len(newest)] <= newest


class _Rule:
    def __init__(
        self, since: Version, until: Version, types: list[str], models: list[str], facts: dict[str, Any]
    ) -> None:
        self._since, self._until = since, until
        self._types, self._models = types, models
        self.facts = facts

    def holds(self, model: str | None, kind: str, version: Version) -> bool:
        return (
            (not self._types or kind in self._types)
            and (not self._models or model in self._models)
            and version[: len(self._since)] >= self._since
            and (not self._until or version[: len(self._until)] <= self._until)
        )

"""
Several device infos become one: by last seen or by most votes.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from zope.interface import implementer

from provd.model.device import DeviceInfo

from .interfaces import IInfoMerger


@implementer(IInfoMerger)
class LastSeenUpdater:
    """
    A later device info overrides an earlier one, key by key.
    """

    def __init__(self) -> None:
        self.dev_info: DeviceInfo = {}

    def update(self, dev_info: Mapping[str, Any]) -> None:
        self.dev_info.update(dev_info)


@implementer(IInfoMerger)
class VotingUpdater:
    """
    For each key the value that most device infos gave; of equals, the one given first.

    A value that can't be counted, such as a list, is passed over.
    """

    def __init__(self) -> None:
        self._votes: dict[str, dict[Any, int]] = {}

    @property
    def dev_info(self) -> DeviceInfo:
        # max() returns the first of equals, and a dictionary keeps the order in which values came.
        return {key: max(votes, key=votes.__getitem__) for key, votes in self._votes.items()}

    def update(self, dev_info: Mapping[str, Any]) -> None:
        for key, value in dev_info.items():
            with suppress(TypeError):
                hash(value)
                votes = self._votes.setdefault(key, {})
                votes[value] = votes.get(value, 0) + 1

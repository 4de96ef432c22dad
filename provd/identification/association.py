"""
Which plugin suits a phone: each plugin's associator scores what a request told, the best score wins.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from enum import IntEnum

from provd.model.device import DeviceInfo

__all__ = [
    "AbstractPluginAssociator",
    "BasePgAssociator",
    "DeviceSupport",
    "ReverseAlphabeticConflictSolver",
]


class DeviceSupport(IntEnum):
    """
    How well a plugin supports a device.  A plugin may return any integer in between, such as
    ``DeviceSupport.COMPLETE + 1``.
    """

    NONE = 0
    """Known not to be supported."""
    IMPROBABLE = 100
    """Probably not supported."""
    UNKNOWN = 200
    """Too little is known, or the plugin has no interest."""
    PROBABLE = 300
    """Probably supported."""
    INCOMPLETE = 400
    """Supported in part."""
    COMPLETE = 500
    """Supported, in another firmware than the one the plugin is written for."""
    EXACT = 600
    """Exactly what the plugin is written for."""


class AbstractPluginAssociator(ABC):
    """
    A plugin's judge of devices.
    """

    @abstractmethod
    def associate(self, dev_info: DeviceInfo) -> int:
        """
        Return how well the plugin supports such a device, on the scale of :class:`DeviceSupport`.
        """


class BasePgAssociator(AbstractPluginAssociator):
    """
    A judge that goes by vendor, model and version, and has no opinion without a vendor.
    """

    def associate(self, dev_info: DeviceInfo) -> int:
        vendor = dev_info.get("vendor")
        if vendor is None:
            return DeviceSupport.UNKNOWN
        return self._do_associate(vendor, dev_info.get("model"), dev_info.get("version"))

    def _do_associate(self, vendor: str, model: str | None, version: str | None) -> int:
        """
        Return the support of a device, on the scale of :class:`DeviceSupport`; for subclasses to say.
        """
        raise NotImplementedError


class ReverseAlphabeticConflictSolver:
    """
    Of plugins with equal support, takes the last one in the order of text.
    """

    def solve(self, pg_ids: Iterable[str]) -> str:
        """
        Return one of the ids.

        :param pg_ids: one at least.
        """
        return max(pg_ids)

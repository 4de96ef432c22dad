"""
Devices as callers see them: with how far their synchronization is, which no document on record holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zope.interface import implementer

from provd.model.device import Device
from provd.model.devicecheck import SYNC
from provd.model.selector import project
from provd.store.interfaces import ISelection

from .syncstates import SyncStates

__all__ = ["SyncShown", "shown"]


def shown(device: Device, states: SyncStates, fields: Sequence[str] = ()) -> Device:
    """
    Return a device with its state of synchronization, if it has one.

    :param device: the caller's to keep.
    :param fields: dotted names of what is wanted; empty is everything.
    """
    device.pop(SYNC, None)  # of an older server, where it was nothing but a client's own key
    synchronization = states.of(device["id"])
    if synchronization is None:
        return device
    return {**device, **project({"id": device["id"], SYNC: synchronization.shown()}, fields)}


@implementer(ISelection)
class SyncShown:
    """
    The devices that a query finds, each with its state of synchronization.

    :param fields: those of the query.
    """

    def __init__(self, selection: ISelection, fields: Sequence[str], states: SyncStates) -> None:
        self._selection = selection
        self._fields = fields
        self._states = states

    @property
    def total(self) -> int:
        total: int = self._selection.total
        return total

    def __iter__(self) -> Iterator[list[Device]]:
        return self

    def __next__(self) -> list[Device]:
        return [shown(device, self._states, self._fields) for device in next(self._selection)]

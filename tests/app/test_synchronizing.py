"""
Who is told that a phone was asked to fetch its files again.
"""

from __future__ import annotations

from typing import Any

import pytest

from provd.app.synchronizing import Synchronizing
from provd.app.syncstates import SyncStates
from provd.model.operation import OIP_FAIL, OIP_SUCCESS
from provd.sync.sip import CannotNotify
from tests.app.office import FakePlugin, Office

CONFIG: dict[str, Any] = {"id": "c1", "parent_ids": [], "raw_config": {}}
DEVICE = {"id": "d1", "plugin": "acme", "config": "c1", "configured": True}


class Notifying(FakePlugin):
    def synchronize(self, device: dict[str, Any], raw_config: dict[str, Any]) -> None:
        if self.fails is not None:
            raise self.fails


@pytest.mark.parametrize(
    ("fails", "outcome", "told"),
    [(None, OIP_SUCCESS, ["synchronized"]), (CannotNotify("nobody there"), OIP_FAIL, [])],
)
def test_a_listener_is_told_when_the_phone_was_asked(fails: Any, outcome: str, told: list[str]) -> None:
    plugin = Notifying()
    plugin.fails = fails
    at = Office([DEVICE], [CONFIG], [plugin])
    heard: list[str] = []
    synchronizing = Synchronizing(
        at.manager,
        at.calls,
        at.raw_configs,
        SyncStates(at.reactor.seconds),
        lambda device: True,
        lambda kind, device, before: heard.append(kind),
    )
    operation = synchronizing.start(DEVICE)
    at.reactor.turns()
    assert (operation.state, heard) == (outcome, told)

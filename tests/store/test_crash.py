"""
A daemon that is killed in the midst of its writes loses nothing that it has acknowledged.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from provd.store.interfaces import Query

CHILD = Path(__file__).with_name("writing_child.py")
ROUNDS = 20
ACKNOWLEDGED = 200

LEFT_BEHIND = {
    "sqlite": {".lock", "documents.db", "documents.db-wal", "documents.db-shm"},
    "json": {".lock", "jsondb"},
}


def killed_after(acknowledged: int, *arguments: str) -> list[tuple[str, int]]:
    """
    Return what a child had acknowledged when it was killed, in order.
    """
    child = subprocess.Popen(
        [sys.executable, str(CHILD), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(CHILD.parents[2])},
    )
    with child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(acknowledged)]
        child.kill()
        lines += child.stdout.readlines()
    return [(name, int(n)) for name, n in map(str.split, filter(None, lines))]


def check(found: dict[str, dict[str, Any]], acknowledged: dict[str, int]) -> None:
    for name, n in acknowledged.items():
        if n == 0:
            assert name not in found
        elif name not in found:
            assert n == 3, f"{name} is lost"  # else its removal had begun
        else:
            # The next version may have reached the disk before the child could say so.
            assert n <= found[name]["n"] <= n + 1
    for name, document in found.items():
        assert document["filler"] == f"{name} {document['n']} " * 50
        # A removal whose acknowledgment was cut off leaves no trace, an insertion may.
        assert name in acknowledged or document["n"] == 1


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_kill_9(folder: Any) -> None:
    acknowledged: dict[str, int] = {}
    for turn in range(ROUNDS):
        lines = killed_after(ACKNOWLEDGED, folder.kind, str(folder.path), str(turn))
        assert len(lines) >= ACKNOWLEDGED
        acknowledged.update(lines)
        store = folder.open()
        found = {
            document["id"]: document
            for documents in (store.devices, store.configs)
            for document in documents.select(Query())
        }
        check(found, acknowledged)
        # From here on, what is on disk is what must stay.
        acknowledged = {name: document["n"] for name, document in found.items()}
        assert store.damaged == []
        assert {path.name for path in folder.path.iterdir()} <= LEFT_BEHIND[folder.kind]
        if folder.kind == "json":
            assert list((folder.path / "jsondb/temporary").iterdir()) == []
            assert {path.name for path in (folder.path / "jsondb/devices").iterdir()} == set(
                store.devices.ids()
            )
        folder.close()

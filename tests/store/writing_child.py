"""
A process that writes documents until it is killed, and says which of them the store acknowledged::

    writing_child.py sqlite|json <folder> <round>

Each line of its output is ``<id> <n>``: the version ``n`` of that document is safe, 0 being its removal.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import react

from provd.store.opening import open_store


def document(name: str, n: int) -> dict[str, Any]:
    return {"id": name, "n": n, "filler": f"{name} {n} " * 50}


async def write(store: Any, names: str) -> None:
    number = 0
    while True:
        number += 1
        name = f"{names}-{number}"
        for n in range(1, 4):
            await (store.insert if n == 1 else store.update)(document(name, n))
            os.write(1, f"{name} {n}\n".encode())
            await store.update(document(name, n), durable=False)
        if number % 3 == 0:
            await store.delete(name)
            os.write(1, f"{name} 0\n".encode())


async def main(kind: str, folder: str, turn: str) -> None:
    store = await open_store(kind, Path(folder), "jsondb", reactor)
    await gatherResults(
        Deferred.fromCoroutine(write(documents, f"r{turn}-{documents.kind}-{writer}"))
        for documents in (store.devices, store.configs)
        for writer in range(4)
    )


if __name__ == "__main__":
    react(lambda _: Deferred.fromCoroutine(main(*sys.argv[1:])))

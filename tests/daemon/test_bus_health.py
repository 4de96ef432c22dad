"""
What the status document says of a bus that nobody wants, and of one that isn't there.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from tests.daemon.site import Site
from tests.rest.api import Api
from tests.support import free_port


class Health(TestCase):
    timeout = 30

    async def status(self, **bus: Any) -> dict[str, Any]:
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        settings = {"host": "127.0.0.1", "port": free_port(), **bus}
        site = Site(folder, first_start={"plugins": []}, bus=settings)
        await site.start()
        self.addCleanup(lambda: Deferred.fromCoroutine(site.stop()))
        api = Api(site)
        await api.post("/dev_mgr/devices", {"device": {"id": "a"}})
        found: dict[str, Any] = (await api.get("/status")).json
        return {name: value for name, value in found.items() if name.startswith("bus_")}

    async def test_nothing_has_failed_where_no_bus_is_wanted(self) -> None:
        self.assertEqual(await self.status(), {"bus_consumer": {"status": "ok"}})

    async def test_a_bus_that_is_not_there_has(self) -> None:
        self.assertEqual(await self.status(enabled=True), {"bus_consumer": {"status": "fail"}})

    async def test_events_wait_for_the_bus(self) -> None:
        waiting = {"status": "fail", "waiting": 1, "dropped": 0}
        self.assertEqual(
            await self.status(publish=True), {"bus_consumer": {"status": "ok"}, "bus_publisher": waiting}
        )

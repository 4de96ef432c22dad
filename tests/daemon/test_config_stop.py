"""
A daemon that ends in the middle of a change of a config: what the config says reaches every phone below it.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from provd.app import oneaturn
from provd.daemon import listeners
from tests.daemon.acme import AcmeTest, calls


def configured() -> list[str | None]:
    return [device_id for _version, method, device_id in calls if method == "configure"]


class Stop(AcmeTest):
    async def change(self) -> None:
        """
        Change the config that all devices have.
        """
        config = (await self.api.get("/cfg_mgr/configs/autoprov")).json["config"]
        config["raw_config"]["ntp_ip"] = "192.0.2.123"
        await self.api.put("/cfg_mgr/configs/autoprov", {"config": config})

    async def test_devices_whose_turn_did_not_come_are_configured_when_they_ask(self) -> None:
        self.patch(listeners, "GRACE", 0.0)
        await self.install("1")
        await self.add_devices(1, 2, 3)
        for number in (1, 2, 3):
            await self.phone(number)
        stopped: Deferred[Any] = Deferred()
        turns: list[Deferred[None]] = []

        def turn(reactor: Any, seconds: float) -> Deferred[None]:
            turns.append(Deferred())
            if len(turns) == 1:
                turns[0].callback(None)
            elif len(turns) == 2:
                Deferred.fromCoroutine(self.site.stop()).chainDeferred(stopped)
            return turns[-1]

        self.patch(oneaturn, "deferLater", turn)
        calls.clear()
        changing = Deferred.fromCoroutine(self.change())
        await stopped
        await changing.addErrback(lambda failure: None)  # the answer was cut off
        turns[1].callback(None)
        self.assertEqual(configured(), ["d1"])
        await self.site.start()
        calls.clear()
        for number in (1, 2, 3):
            self.assertEqual((await self.phone(number))[0], 200)
        self.assertEqual(configured(), ["d2", "d3"])

    async def test_a_phone_that_asks_before_its_turn_has_what_is_new(self) -> None:
        await self.install("1")
        await self.add_devices(1, 2)
        await self.phone(2)
        turn: Deferred[None] = Deferred()
        self.patch(oneaturn, "deferLater", lambda reactor, seconds: turn)
        calls.clear()
        changing = Deferred.fromCoroutine(self.change())
        while configured() != ["d2"]:
            await self.phone(2)
        turn.callback(None)
        await changing
        self.assertEqual(configured(), ["d2", "d1", "d2"])

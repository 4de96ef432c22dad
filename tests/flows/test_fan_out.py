"""
A config changes, and with it the files of all phones below it (flows.md 6); nothing is sent to them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tests.flows.office import NEIGHBORS_OWN, USER, FlowCase, config_of
from tests.rest.case import OWN

NTP = "local_time.ntp_server1 = "


class FanOut(FlowCase):
    async def _set_up(self) -> None:
        await super()._set_up()
        await self.claim(USER)
        self.own, self.neighbors = (self.site.served() / name for name in (OWN, NEIGHBORS_OWN))

    def told(self) -> list[str | None]:
        """
        Return the time servers that the files of both phones tell.
        """
        return [_ntp(file) for file in (self.own, self.neighbors)]

    async def put(self, config_id: str, **raw_config: Any) -> None:
        config = {**self.configs[config_id]}
        config["raw_config"] = {**config["raw_config"], **raw_config}
        await self.step(
            "PUT", f"/cfg_mgr/configs/{config_id}", {"config": config}, configs={config_id: config}
        )

    async def test_all_files_below_are_right_when_the_answer_comes(self) -> None:
        before = self.told()[1]
        await self.put("base", ntp_ip="192.0.2.123")
        self.assertEqual(self.told(), ["192.0.2.123"] * 2)
        await self.put(self.device_id, ntp_ip="192.0.2.124")
        self.assertEqual(self.told(), ["192.0.2.124", "192.0.2.123"])
        self.assertNotEqual(before, "192.0.2.123")
        files = [file.stat() for file in (self.own, self.neighbors)]
        await self.put("base")
        self.assertEqual([file.stat() for file in (self.own, self.neighbors)], files)
        self.assertEqual(self.notified.whom, [])

    async def test_a_parent_that_comes_and_goes(self) -> None:
        config = config_of(self.device_id, USER)
        config["parent_ids"] = ["base", "defaultconfigdevice", "template"]
        before = self.told()
        await self.step("PUT", self.own_config, {"config": config}, configs={self.device_id: config})
        self.assertEqual(self.told(), before)
        template = {"id": "template", "parent_ids": [], "raw_config": {"ntp_ip": "192.0.2.125"}}
        await self.step(
            "POST",
            "/cfg_mgr/configs",
            {"config": template},
            201,
            location="/0.2/cfg_mgr/configs/template",
            configs={"template": template},
        )
        self.assertEqual(self.told(), ["192.0.2.125", before[1]])
        await self.step("DELETE", "/cfg_mgr/configs/template", configs={"template": None})
        self.assertEqual(self.told(), before)

    async def test_a_config_that_goes_leaves_its_phone_without_a_file_until_it_comes_again(self) -> None:
        config = self.configs[self.device_id]
        await self.step(
            "DELETE",
            self.own_config,
            device={"configured": False},
            configs={self.device_id: None},
            serves=None,
        )
        self.assertEqual((await self.api.get(f"{self.own_config}/raw")).status, 404)
        await self.step(
            "POST",
            "/cfg_mgr/configs",
            {"config": config},
            201,
            location=f"/0.2{self.own_config}",
            device={"configured": True},
            configs={self.device_id: config},
            serves=[USER],
        )

    async def test_a_phone_whose_file_cannot_be_written_stops_no_other(self) -> None:
        self.own.unlink()
        self.own.mkdir()
        (self.own / "in the way").touch()
        base = {**self.configs["base"]}
        base["raw_config"] = {**base["raw_config"], "ntp_ip": "192.0.2.123"}
        answer = await self.confd("PUT", "/cfg_mgr/configs/base", {"config": base})
        self.assertEqual(answer.status, 204)
        self.assertEqual(_ntp(self.neighbors), "192.0.2.123")
        self.assertFalse((await self.get_device())["configured"])
        os.unlink(self.own / "in the way")
        self.own.rmdir()
        self.configs["base"] = base
        self.device = {**self.device, "configured": True}
        await self.put("base", ntp_ip="192.0.2.124")
        self.assertEqual(self.told(), ["192.0.2.124"] * 2)
        self.flushLoggedErrors()


def _ntp(file: Path) -> str | None:
    lines = [line for line in file.read_text().splitlines() if line.startswith(NTP)]
    return lines[0].removeprefix(NTP) if lines else None

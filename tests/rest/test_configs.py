"""
Configs over the API, and the phones that they reach.
"""

from __future__ import annotations

from typing import Any

from tests.rest.case import LINE, ApiCase


class Configs(ApiCase):
    async def put(self, config_id: str, **config: Any) -> int:
        return (await self.api.put(f"/cfg_mgr/configs/{config_id}", {"config": config})).status

    async def get(self, config_id: str) -> Any:
        return (await self.api.get(f"/cfg_mgr/configs/{config_id}")).json["config"]

    async def test_a_config_is_made_shown_replaced_and_removed(self) -> None:
        config = {"parent_ids": ["nowhere"], "raw_config": {"X_a": "é"}, "X_type": "registrar", "label": None}
        made = await self.api.post("/cfg_mgr/configs", {"config": config})
        config_id = made.json["id"]
        self.assertEqual((made.status, made.header("Location")), (201, f"/0.2/cfg_mgr/configs/{config_id}"))
        self.assertEqual(await self.get(config_id), {**config, "id": config_id})
        self.assertEqual(await self.put(config_id, parent_ids=[], raw_config={}), 204)
        self.assertEqual(await self.get(config_id), {"id": config_id, "parent_ids": [], "raw_config": {}})
        path = f"/cfg_mgr/configs/{config_id}"
        self.assertEqual((await self.api.delete(path)).status, 204)
        for answer in (
            await self.api.get(path),
            await self.api.get(f"{path}/raw"),
            await self.api.delete(path),
        ):
            self.refused(answer, 404, "not-found")

    async def test_a_value_of_another_type_is_another_value(self) -> None:
        raw = {"sip_lines": {"1": LINE}, "X_a": 1, "X_b": [{"c": 0}]}
        made = await self.api.post(
            "/cfg_mgr/configs", {"config": {"id": "t", "parent_ids": [], "raw_config": raw}}
        )
        self.assertEqual(made.status, 201)
        for value in (True, 1.0, 1):
            other = {**raw, "X_a": value, "X_b": [{"c": value}]}
            self.assertEqual(await self.put("t", parent_ids=[], raw_config=other), 204)
            self.assertEqual(repr((await self.get("t"))["raw_config"]["X_a"]), repr(value))
            self.assertEqual(repr((await self.get("t"))["raw_config"]["X_b"]), repr([{"c": value}]))

    async def test_values_may_lie_deep_in_one_another(self) -> None:
        deepest: Any = 1
        for _ in range(97):  # three more are around it
            deepest = [deepest] if isinstance(deepest, dict) else {"a": deepest}
        raw = {"X_a": deepest, "sip_lines": {"1": LINE}}
        config = {"id": "deep", "X_type": "device", "parent_ids": ["base"], "raw_config": raw}
        body = {"config": config}
        self.assertEqual((await self.api.post("/cfg_mgr/configs", body)).status, 201)
        self.assertEqual(await self.get("deep"), config)
        shown = (await self.api.get("/cfg_mgr/configs/deep/raw")).json["raw_config"]
        self.assertEqual(shown["X_a"], deepest)
        self.assertEqual(await self.put("deep", **config), 204)
        device = {"mac": "00:15:65:aa:bb:01", "plugin": "yealink", "config": "deep"}
        made = await self.api.post("/dev_mgr/devices", {"device": device})
        self.assertTrue((await self.device(made.json["id"]))["configured"])
        raw["X_a"] = [deepest]
        refused = await self.api.put("/cfg_mgr/configs/deep", body)
        self.refused(refused, 400, "invalid-json")

    async def test_a_template_of_devices_loses_its_nulls(self) -> None:
        config = {
            "id": "t",
            "X_type": "device",
            "parent_ids": [],
            "label": None,
            "raw_config": {"X_a": None, "X_l": [None]},
        }
        await self.api.post("/cfg_mgr/configs", {"config": config})
        self.assertEqual(
            await self.get("t"),
            {"id": "t", "X_type": "device", "parent_ids": [], "raw_config": {"X_l": [None]}},
        )

    async def test_what_cannot_be_a_config_is_refused(self) -> None:
        before = self.site.configs()
        for config in (
            {"raw_config": {}},
            {"parent_ids": []},
            {"parent_ids": "base", "raw_config": {}},
            {"parent_ids": [1], "raw_config": {}},
            {"parent_ids": [], "raw_config": []},
            {"parent_ids": [], "raw_config": {}, "deletable": 1},
            {"parent_ids": [], "raw_config": {"ntp_enabled": "yes"}},
        ):
            self.refused(await self.api.post("/cfg_mgr/configs", {"config": config}), 400, "invalid-body")
        bad_id = {"id": "a/b", "parent_ids": [], "raw_config": {}}
        self.refused(await self.api.post("/cfg_mgr/configs", {"config": bad_id}), 400, "invalid-id")
        self.assertEqual(self.site.configs(), before)
        taken = {"id": "base", "parent_ids": [], "raw_config": {}}
        self.refused(await self.api.post("/cfg_mgr/configs", {"config": taken}), 409, "duplicate-id")
        self.assertEqual(await self.put("base", parent_ids=[]), 400)
        self.refused(await self.api.put("/cfg_mgr/configs/None", {"id": None}), 404, "not-found")
        self.refused(await self.api.delete("/cfg_mgr/configs/base"), 403, "not-deletable")

    async def test_a_raw_config_has_all_that_it_inherits(self) -> None:
        raw = (await self.api.get("/cfg_mgr/configs/autoprov/raw")).json["raw_config"]
        self.assertTrue(raw["ntp_enabled"])
        self.assertEqual(raw["sip_lines"]["1"]["username"], self.site.autoprov_user())
        self.assertLessEqual({"ip", "http_port", "tftp_port", "http_base_url"}, set(raw))

    async def test_queries_find_configs(self) -> None:
        listed = (await self.api.get('/cfg_mgr/configs?q={"X_type":"internal"}&fields=id&sort=id')).json
        self.assertEqual(listed, {"configs": [{"id": "autoprov"}, {"id": "base"}], "total": 2})

    async def test_without_a_template_nothing_is_autocreated(self) -> None:
        made = await self.api.post("/cfg_mgr/autocreate", {})
        self.assertEqual(made.header("Location"), f"/0.2/cfg_mgr/configs/{made.json['id']}")
        autoprov = await self.get("autoprov")
        await self.put("autoprov", **{**autoprov, "role": None})
        self.refused(await self.api.post("/cfg_mgr/autocreate", {}), 409, "no-autocreate-config")

    async def test_a_config_of_a_thousand_lines(self) -> None:
        lines = {str(number): LINE for number in range(1, 1025)}
        config = {"id": "many", "parent_ids": [], "raw_config": {"sip_lines": lines}}
        self.assertEqual((await self.api.post("/cfg_mgr/configs", {"config": config})).status, 201)
        self.assertEqual(len((await self.get("many"))["raw_config"]["sip_lines"]), 1024)

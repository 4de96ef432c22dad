"""
Large bodies over a real socket.
"""

from __future__ import annotations

import http.client
import json
from typing import Any

from twisted.internet.threads import deferToThread

from provd.rest.site import MAX_BODY
from tests.rest.case import ApiCase


class Large(ApiCase):
    PLUGINS: Any = []

    async def test_a_body_of_nearly_the_limit_is_stored_whole(self) -> None:
        config = {
            "id": "large",
            "parent_ids": [],
            "raw_config": {"X_a": "é" * (15 << 19), "X_b": [1.5, None]},
        }
        made = await self.api.post(
            "/cfg_mgr/configs", json.dumps({"config": config}, ensure_ascii=False).encode()
        )
        self.assertEqual(made.status, 201, made.text)
        self.assertEqual((await self.api.get("/cfg_mgr/configs/large")).json, {"config": config})

    async def test_who_sends_more_and_only_then_reads_is_told_all_the_same(self) -> None:
        status, headers, body = await deferToThread(self._post, bytes(MAX_BODY + 1))
        self.assertEqual((status, json.loads(body)["error_id"]), (413, "too-large"))
        self.assertEqual(headers["Access-Control-Allow-Origin"], "*")
        parts = (bytes(1 << 20) for _ in range(20))
        status, headers, body = await deferToThread(self._post, parts)
        self.assertEqual((status, json.loads(body)["error_id"]), (413, "too-large"))

    def _post(self, body: Any) -> tuple[int, Any, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.settings.rest_api.port, timeout=20)
        chunked = not isinstance(body, bytes)
        connection.request("POST", "/0.2/status", body, {"X-Auth-Token": "none"}, encode_chunked=chunked)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers, content

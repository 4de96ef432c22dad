"""
The daemon's documents, for tests to set up and look at without the command that they test.
"""

from __future__ import annotations

import http.client
import json
from typing import Any

from tests.daemon.running import Daemon


class Rest:
    """
    Calls the API as the administrator.
    """

    def __init__(self, daemon: Daemon) -> None:
        self._port = daemon.rest
        token = (daemon.data / "admin-token").read_text().strip()
        self._headers = {"X-Auth-Token": token, "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """
        Return the JSON that is answered; fail if the daemon refuses.

        :param path: below ``/0.2``.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        sent = None if body is None else json.dumps(body)
        connection.request(method, f"/0.2{path}", sent, self._headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status < 400, content
        return json.loads(content) if content else None

    def add_device(self, device_id: str, **keys: Any) -> None:
        self.call("POST", "/dev_mgr/devices", {"device": {"id": device_id, **keys}})

    def device(self, device_id: str) -> Any:
        return self.call("GET", f"/dev_mgr/devices/{device_id}")["device"]

    def config(self, config_id: str) -> Any:
        return self.call("GET", f"/cfg_mgr/configs/{config_id}")["config"]

    def add_tenant(self, name: str, parent: str | None = None) -> str:
        """
        Return the UUID of a new tenant.
        """
        tenant = {"name": name, "parent_uuid": parent}
        return str(self.call("POST", "/auth/tenants", {"tenant": tenant})["uuid"])

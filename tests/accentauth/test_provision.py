"""
Provisioning by code where accent-auth knows the tenants.
"""

from __future__ import annotations

from typing import Any

from tests.accentauth.case import Case
from tests.accentauth.standin import BRANCH, CUSTOMER, MASTER, OTHER
from tests.agi.dialplan import dialed
from tests.support import free_port


class Provision(Case):
    def sections(self) -> dict[str, Any]:
        self.port = free_port()
        return {**super().sections(), "agi": {"port": self.port}}

    async def device(self, device_id: str, tenant: str, ip: str) -> None:
        api = self.user(MASTER, "provd.#")
        body = {"device": {"id": device_id, "ip": ip}}
        answer = await api.post("/dev_mgr/devices", body, **{"Accent-Tenant": tenant})
        self.assertEqual(answer.status, 201, answer.text)

    async def test_a_call_reaches_every_tenant_and_mixes_none(self) -> None:
        for number, tenant in enumerate((MASTER, BRANCH, OTHER)):
            await self.device(f"d{number}", tenant, f"192.0.2.{number}")
        for code, tenant in (("1", CUSTOMER), ("2", OTHER)):
            config = {"id": f"c{code}", "parent_ids": [], "raw_config": {}, "X_tenant_uuid": tenant}
            answer = await self.api.post(
                "/cfg_mgr/configs", {"config": {**config, "X_provisioning_code": code}}
            )
            self.assertEqual(answer.status, 201, answer.text)
        for device, code, expected in (
            ("0", "1", CUSTOMER),
            ("1", "1", BRANCH),
            ("2", "1", None),
            ("1", "2", None),
            ("2", "2", OTHER),
        ):
            said = await dialed(self.port, code, f"192.0.2.{device}")
            over_rest = await self.api.post("/dev_mgr/provision", {"code": code, "device_id": f"d{device}"})
            if expected is None:
                self.assertEqual((said["ACCENT_PROV_ERROR"], over_rest.status), ("no-device", 404))
            else:
                self.assertEqual((said["ACCENT_PROV_OK"], over_rest.json["tenant_uuid"]), ("1", expected))

    async def test_while_accent_auth_is_away_a_new_phone_is_claimed_all_the_same(self) -> None:
        await self.device("d0", MASTER, "192.0.2.1")
        await self.device("d1", BRANCH, "192.0.2.2")
        config = {"id": "c", "parent_ids": [], "raw_config": {}, "X_tenant_uuid": CUSTOMER}
        await self.api.post("/cfg_mgr/configs", {"config": {**config, "X_provisioning_code": "1"}})
        self.auth.silent = True
        self.assertEqual((await dialed(self.port, "1", "192.0.2.1"))["ACCENT_PROV_OK"], "1")
        # Whose the other one is allowed to be, only accent-auth can tell.
        self.assertEqual((await dialed(self.port, "1", "192.0.2.2"))["ACCENT_PROV_ERROR"], "failed")

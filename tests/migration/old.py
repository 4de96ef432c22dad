"""
Data folders of existing servers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SECRET = "oldS3cret"
TENANT = "54eb71f8-1f4b-4ae4-8730-638062fbe521"


def config(config_id: str, parents: list[str], raw_config: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"id": config_id, "parent_ids": parents, "raw_config": raw_config, "deletable": True, **keys}


def line(user: str) -> dict[str, Any]:
    return {"username": user, "password": SECRET, "proxy_ip": "192.0.2.1", "registrar_ip": "192.0.2.1"}


class OldServer:
    """
    A data folder as an existing server has it, with some phones of users.

    :param folder: which is made.
    """

    def __init__(self, folder: Path, phones: int = 3) -> None:
        self.folder = folder
        for name in ("devices", "configs"):
            (folder / "jsondb" / name).mkdir(parents=True)
        (folder / "plugins").mkdir()
        (folder / "app.json").write_text(
            json.dumps({"NAT": "1", "tenants": {TENANT: {"provisioning_key": None}}})
        )
        base = {"ntp_enabled": True, "ntp_ip": "192.0.2.1", "X_xivo_phonebook_ip": "192.0.2.1"}
        self.put("configs", config("base", [], base, X_type="internal", deletable=False))
        self.put("configs", config("defaultconfigdevice", [], {"admin_password": SECRET}, X_type="device"))
        autoprov = {"sip_lines": {"1": line("autoprov")}}
        self.put("configs", config("autoprov", ["base", "defaultconfigdevice"], autoprov, role="autocreate"))
        for number in range(phones):
            self.phone(number)

    def put(self, kind: str, document: dict[str, Any]) -> None:
        (self.folder / "jsondb" / kind / document["id"]).write_text(json.dumps(document))

    def phone(self, number: int) -> None:
        mac = f"00:15:65:aa:{number // 256:02x}:{number % 256:02x}"
        device = f"d{number:05d}"
        raw_config = {"protocol": "SIP", "sip_lines": {"1": line(f"user{number}")}}
        self.put("configs", config(device, ["base", "defaultconfigdevice"], raw_config))
        known = {"vendor": "Yealink", "model": "T46S", "version": "66.86.0.15", "plugin": "yealink"}
        told = {"mac": mac, "ip": "192.0.2.50", "configured": True, "added": "auto", "tenant_uuid": TENANT}
        self.put("devices", {"id": device, "config": device, **known, **told})

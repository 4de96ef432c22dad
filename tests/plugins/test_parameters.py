"""
Every parameter of a configuration reaches the phone, or its family says that it doesn't.
"""

from __future__ import annotations

import shutil
from copy import deepcopy
from typing import Any

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import FAMILIES, MAC, files, load_family, read_yaml, served

OTHER_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmg\n-----END CERTIFICATE-----\n"
CHANGED: dict[str, Any] = {
    "X_accent_phonebook_ip": "192.0.2.66",
    "admin_password": "other-1",
    "admin_username": "root",
    "dns_enabled": False,
    "dns_ip": "192.0.2.54",
    "exten_dnd": "*35",
    "exten_fwd_busy": "*33",
    "exten_fwd_disable_all": "*30",
    "exten_fwd_no_answer": "*32",
    "exten_fwd_unconditional": "*31",
    "exten_park": "710",
    "exten_pickup_call": "*18",
    "exten_pickup_group": "*19",
    "exten_voicemail": "*88",
    "http_base_url": "http://192.0.2.55:8667",
    "locale": "de_DE",
    "ntp_enabled": False,
    "ntp_ip": "ntp2.example.org",
    "sip_dtmf_mode": "RTP-in-band",
    "sip_servers_root_and_intermediate_certificates": [OTHER_CERTIFICATE],
    "sip_srtp_mode": "disabled",
    "sip_subscribe_mwi": False,
    "sip_transport": "tcp",
    "syslog_enabled": False,
    "syslog_ip": "192.0.2.77",
    "syslog_level": "debug",
    "syslog_port": 1514,
    "timezone": "America/New_York",
    "user_password": "other-2",
    "user_username": "doctor",
    "vlan_enabled": False,
    "vlan_id": 101,
    "vlan_pc_port_id": 201,
    "vlan_priority": 6,
    "funckeys.2.label": "Other",
    "funckeys.2.line": 2,
    "funckeys.2.type": "speeddial",
    "funckeys.2.value": "1009",
    "funckeys.3.type": "park",
    "funckeys.4.type": "blf",
    "sip_lines.1.auth_username": "other",
    "sip_lines.1.backup_proxy_ip": "192.0.2.13",
    "sip_lines.1.backup_registrar_ip": "192.0.2.12",
    "sip_lines.1.display_name": "Other",
    "sip_lines.1.number": "1999",
    "sip_lines.1.password": "other",
    "sip_lines.1.username": "other",
    "sip_lines.2.backup_proxy_ip": "proxy3.example.org",
    "sip_lines.2.dtmf_mode": "RTP-out-of-band",
    "sip_lines.2.proxy_ip": "other.example.org",
    "sip_lines.2.proxy_port": 5090,
    "sip_lines.2.registrar_ip": "other.example.org",
    "sip_lines.2.registrar_port": 5091,
    "sip_lines.2.srtp_mode": "disabled",
    "sip_lines.2.voicemail": "*87",
    "sip_lines.3.outbound_proxy_ip": "sbc2.example.org",
    "sip_lines.3.outbound_proxy_port": 5063,
}
"""What ``full`` of the configurations gets instead, by path."""

PHONES = [
    (family, name, case["device"])
    for family in FAMILIES
    for name, case in read_yaml(family, "devices.yml").items()
    if "config" not in case
]


def changed(path: str, value: Any) -> dict[str, Any]:
    raw_config = config("full")
    place: Any = raw_config
    *parents, last = path.split(".")
    for key in parents:
        place = place[key]
    assert place.get(last) != value
    place[last] = value
    return raw_config


def outcome(plugin: FamilyPlugin, device: dict[str, Any], raw_config: dict[str, Any]) -> Any:
    """
    Return the files that a configuration makes, and what the family says of it.  Those of other
    configurations are removed before: a certificate's file stays when another takes its place.
    """
    shutil.rmtree(served(plugin))
    served(plugin).mkdir()
    said = plugin.unsupported(device, deepcopy(raw_config))
    plugin.configure(device, raw_config)
    return files(plugin), said


def is_about(line: str, path: str) -> bool:
    """
    Tell whether a line of a report tells of a parameter: by itself, or as part of what holds it.
    """
    named = line.partition(":")[0]
    return path == named or path.startswith(f"{named}.")


@pytest.mark.parametrize(("family", "name", "phone"), PHONES, ids=lambda value: str(value)[:30])
def test_no_parameter_is_dropped_in_silence(
    tmp_path: Any, family: str, name: str, phone: dict[str, Any]
) -> None:
    plugin, device = load_family(family, tmp_path), {"id": "d1", "mac": MAC, **phone}
    before, said_before = outcome(plugin, device, config("full"))
    dropped = []
    for path, value in CHANGED.items():
        after, said = outcome(plugin, device, changed(path, value))
        if value in (False, "disabled"):  # asks for nothing: what is said of the feature that is on is enough
            said = said + said_before
        if after == before and not any(is_about(line, path) for line in said):
            dropped.append(path)
    assert dropped == []

"""
VLANs, NTP, DNS and logs of a raw config, checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .phones import Facts
from .reports import Report

__all__ = ["VLAN", "Syslog", "dns_server", "ntp_server", "syslog", "vlan"]

_HIGHEST_VLAN = 4094
_SYSLOG_PORT = 514
_SYSLOG_LEVEL = "warning"


class VLAN(NamedTuple):
    """
    How the phone tags what it sends.
    """

    id: int
    priority: int
    """0 to 7."""
    pc_port_id: int | None
    """None: what comes from the PC port isn't tagged."""


class Syslog(NamedTuple):
    """
    Where the phone sends its log.
    """

    host: str
    port: int
    level: str
    """``"critical"``, ``"error"``, ``"warning"``, ``"info"`` or ``"debug"``."""

    @property
    def address(self) -> str:
        """
        The server as ``host``, or ``host:port`` if the port isn't the usual one.
        """
        return self.host if self.port == _SYSLOG_PORT else f"{self.host}:{self.port}"


def vlan(raw_config: Mapping[str, Any], facts: Facts, report: Report, lowest: int = 1) -> VLAN | None:
    """
    Return the VLAN of a raw config; None if it has none, or one that the phone can't have, which is reported.

    :param facts: those that ``lacks`` the parameter ``vlan_pc_port_id`` give no VLAN to the PC port.
    :param lowest: the lowest id that the phone takes; 0 only tells the priority.
    """
    if not raw_config.get("vlan_enabled"):
        return None
    text = raw_config.get("vlan_id")
    number = -1 if text in (None, "") else int(text)
    if not lowest <= number <= _HIGHEST_VLAN:
        report.add("vlan_id", f"the phone takes {lowest} to {_HIGHEST_VLAN}: it doesn't tag")
        return None
    pc_port = None if "vlan_pc_port_id" in facts["lacks"] else raw_config.get("vlan_pc_port_id")
    return VLAN(number, int(raw_config.get("vlan_priority") or 0), int(pc_port) if pc_port else None)


def ntp_server(raw_config: Mapping[str, Any]) -> str | None:
    """
    Return the host that the phone asks for the time, None if it shall ask none.
    """
    return str(raw_config.get("ntp_ip") or "") or None if raw_config.get("ntp_enabled") else None


def dns_server(raw_config: Mapping[str, Any]) -> str | None:
    """
    Return the address of the DNS server, None if the phone shall use that of its network.
    """
    return str(raw_config.get("dns_ip") or "") or None if raw_config.get("dns_enabled") else None


def syslog(raw_config: Mapping[str, Any]) -> Syslog | None:
    """
    Return where the phone sends its log, None if nowhere.
    """
    if not raw_config.get("syslog_enabled") or not raw_config.get("syslog_ip"):
        return None
    port, level = raw_config.get("syslog_port"), raw_config.get("syslog_level")
    return Syslog(str(raw_config["syslog_ip"]), int(port or _SYSLOG_PORT), level or _SYSLOG_LEVEL)

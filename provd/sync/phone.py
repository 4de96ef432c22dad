"""
A device as far as it matters to who must reach it by SIP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provd.logs import Secret
from provd.model.device import Device

__all__ = ["Line", "Phone", "is_autoprov", "line_of", "phone_of"]

_AUTOPROV_PREFIX, _AUTOPROV_LENGTH = "ap", 10


@dataclass(frozen=True)
class Line:
    """
    The account under which a phone registers.

    :ivar user: of its address of record.
    :ivar password: None if it isn't known, as of a phone that still has an account of a former config.
    :ivar port: of the registrar, None for the usual one.
    :ivar proxy: host and port through which everything goes to the registrar; None: straight there.
    """

    user: str
    auth_user: str
    password: Secret | None
    registrar: str
    port: int | None
    proxy: tuple[str, int | None] | None = None


@dataclass(frozen=True)
class Phone:
    """
    Whom to reach.

    :ivar endpoint: the SIP user with which the phone was last seen to be configured.
    """

    device_id: str
    mac: str | None = None
    ip: str | None = None
    endpoint: str | None = None

    @property
    def own_endpoint(self) -> str | None:
        """
        The endpoint that is this phone's alone: all phones that aren't claimed yet share one.
        """
        return None if self.endpoint is None or is_autoprov(self.endpoint) else self.endpoint


def is_autoprov(endpoint: str) -> bool:
    """
    Tell whether an endpoint is the account of phones that aren't claimed yet.
    """
    return endpoint.startswith(_AUTOPROV_PREFIX) and len(endpoint) == _AUTOPROV_LENGTH


def phone_of(device: Device) -> Phone:
    """
    Return whom to reach for a device, whatever its document holds.
    """
    found = (_text(device.get(key)) for key in ("mac", "ip", "remote_state_sip_username"))
    return Phone(_text(device.get("id")) or "", *found)


def line_of(raw_config: Mapping[str, Any], endpoint: str) -> Line | None:
    """
    Return the line under which a phone registers for an endpoint.

    A phone that wasn't restarted since its configuration changed may have a line that the new one lacks: it
    is then looked for where that of the first line is, and without a password.

    :param raw_config: flattened, with defaults.
    :returns: None if no registrar is known.
    """
    lines = raw_config.get("sip_lines")
    lines = {key: line for key, line in lines.items() if isinstance(line, dict)} if lines else {}
    of_user = [line for _, line in sorted(lines.items()) if line.get("username") == endpoint]
    line = of_user[0] if of_user else (lines.get("1") or {})

    def value(name: str) -> Any:
        return line.get(name) or raw_config.get(f"sip_{name}")

    registrar = _text(value("registrar_ip")) or _text(value("proxy_ip"))
    if registrar is None:
        return None
    proxy = _text(value("outbound_proxy_ip"))
    password = _text(line.get("password"))
    return Line(
        user=endpoint,
        auth_user=(_text(line.get("auth_username")) if of_user else None) or endpoint,
        password=Secret(password) if of_user and password else None,
        registrar=registrar,
        port=_port(value("registrar_port")),
        proxy=None if proxy is None else (proxy, _port(value("outbound_proxy_port"))),
    )


def has_line(raw_config: Any, endpoint: str) -> bool:
    """
    Tell whether a configuration, whatever it holds, has a line of that user.
    """
    lines = raw_config.get("sip_lines") if isinstance(raw_config, dict) else None
    if not isinstance(lines, dict):
        return False
    return any(isinstance(line, dict) and line.get("username") == endpoint for line in lines.values())


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _port(value: Any) -> int | None:
    # May be digits in a text, as clients send it.
    try:
        port = int(value)
    except (TypeError, ValueError):
        return None
    return port if 0 < port < 65536 else None

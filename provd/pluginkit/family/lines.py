"""
The SIP lines of a raw config, what a line leaves open filled in from the parameters for all lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .reports import Report

__all__ = [
    "SIPLine",
    "Server",
    "address",
    "bracketed",
    "outbound_servers",
    "set_by",
    "sip_lines",
    "with_port",
]

_SIP_PORT, _SIPS_PORT = 5060, 5061


class Server(NamedTuple):
    """
    Where a line registers, or what it sends its requests through.
    """

    host: str
    port: int | None
    """None if the configuration leaves it to the phone."""


class SIPLine(NamedTuple):
    """
    One line, complete.
    """

    number: int
    """From 1."""
    username: str
    auth_username: str
    password: str
    display_name: str
    extension: str
    """The main extension, to be shown; empty if there is none."""
    registrar: Server | None
    backup_registrar: Server | None
    """The backup proxy where one server is proxy and registrar at once."""
    proxy: Server | None
    backup_proxy: Server | None
    outbound_proxy: Server | None
    transport: str
    """``"udp"``, ``"tcp"`` or ``"tls"``."""
    srtp_mode: str
    """``"disabled"``, ``"preferred"`` or ``"required"``."""
    dtmf_mode: str | None
    """``"RTP-in-band"``, ``"RTP-out-of-band"``, ``"SIP-INFO"``, or None to leave it to the phone."""
    voicemail: str
    """Empty if there is none."""


def sip_lines(raw_config: Mapping[str, Any], accounts: int, report: Report) -> dict[int, SIPLine]:
    """
    Return the lines of a raw config by number; one that the phone has no account for is reported, one without
    a server, too, and a config for phones that don't speak SIP.

    :param accounts: how many the phone has.
    """
    if raw_config.get("protocol") == "SCCP":
        report.add("protocol", "the phone speaks SIP alone")
    lines = {}
    for key, entry in (raw_config.get("sip_lines") or {}).items():
        if not (key.isascii() and key.isdigit() and int(key) > 0):
            report.add(f"sip_lines.{key}", "lines are numbered from 1")
        elif int(key) > accounts:
            report.add(f"sip_lines.{key}", f"this phone has {accounts} accounts")
        else:
            lines[int(key)] = _sip_line(raw_config, int(key), entry)
    for number, line in sorted(lines.items()):
        if line.registrar is None:
            report.add(f"sip_lines.{number}", "has neither a registrar nor a proxy")
    return dict(sorted(lines.items()))


def set_by(raw_config: Mapping[str, Any], line: SIPLine, name: str) -> str:
    """
    Return the parameter that a line has something from: its own, such as ``"sip_lines.2.srtp_mode"``, or that
    of all lines.

    :param name: of the line's own.
    """
    own = raw_config["sip_lines"].get(str(line.number), {}).get(name)
    return f"sip_lines.{line.number}.{name}" if own else f"sip_{name}"


def _sip_line(raw_config: Mapping[str, Any], number: int, line: Mapping[str, Any]) -> SIPLine:
    proxy = _server(raw_config, line, "proxy")
    registrar = _registrar(raw_config, line, proxy)
    backup_proxy = _server(raw_config, line, "backup_proxy")
    backup_registrar = _server(raw_config, line, "backup_registrar")
    if backup_registrar is None and registrar == proxy:
        backup_registrar = backup_proxy
    username = str(line.get("username") or "")
    return SIPLine(
        number=number,
        username=username,
        auth_username=str(line.get("auth_username") or username),
        password=str(line.get("password") or ""),
        display_name=str(line.get("display_name") or ""),
        extension=str(line.get("number") or ""),
        registrar=registrar,
        backup_registrar=backup_registrar,
        proxy=proxy,
        backup_proxy=backup_proxy,
        outbound_proxy=_server(raw_config, line, "outbound_proxy"),
        transport=raw_config.get("sip_transport") or "udp",
        srtp_mode=line.get("srtp_mode") or raw_config.get("sip_srtp_mode") or "disabled",
        dtmf_mode=line.get("dtmf_mode") or raw_config.get("sip_dtmf_mode") or None,
        voicemail=str(line.get("voicemail") or raw_config.get("exten_voicemail") or ""),
    )


def _server(raw_config: Mapping[str, Any], line: Mapping[str, Any], role: str) -> Server | None:
    host, port = line.get(f"{role}_ip"), line.get(f"{role}_port")
    if not host:
        host, port = raw_config.get(f"sip_{role}_ip"), port or raw_config.get(f"sip_{role}_port")
    return Server(str(host), int(port) if port else None) if host else None


def _registrar(raw_config: Mapping[str, Any], line: Mapping[str, Any], proxy: Server | None) -> Server | None:
    # A line with a proxy of its own registers there unless it says otherwise, whatever holds for all lines.
    if line.get("proxy_ip") and not line.get("registrar_ip"):
        return proxy
    registrar = _server(raw_config, line, "registrar")
    # The default for a missing registrar is the proxy's host alone: its port belongs to it.
    if registrar is None or (proxy is not None and registrar == (proxy.host, None)):
        return proxy
    return registrar


def with_port(server: Server, transport: str) -> tuple[str, int]:
    """
    Return a server's host and port, the port of the transport where the configuration leaves it open.
    """
    return server.host, server.port or (_SIPS_PORT if transport == "tls" else _SIP_PORT)


def bracketed(host: str) -> str:
    """
    Return a host as it stands before a port: an IPv6 address in brackets.
    """
    return f"[{host}]" if ":" in host else host


def address(server: Server | None) -> str:
    """
    Return a server as ``host`` or ``host:port``; nothing if there is none.
    """
    if server is None:
        return ""
    host = bracketed(server.host)
    return f"{host}:{server.port}" if server.port else host


def outbound_servers(line: SIPLine, report: Report) -> tuple[Server | None, Server | None]:
    """
    Return the outbound proxy of a line and its backup, for phones whose "SIP server" is registrar and proxy
    at once: where those differ, requests go through the proxy as an outbound proxy, unless there is one
    already.  What the phone then doesn't use is reported.
    """
    differ = (
        line.proxy is not None  # nor is the registrar then
        and line.registrar is not None
        and with_port(line.proxy, line.transport) != with_port(line.registrar, line.transport)
    )
    where = f"sip_lines.{line.number}"
    if not differ and line.backup_proxy not in (None, line.backup_registrar):
        report.add(f"{where}.backup_proxy_ip", "the proxy is the registrar, and so is its backup")
    if line.outbound_proxy is None:
        return (line.proxy, line.backup_proxy) if differ else (None, None)
    if differ:
        report.add(f"{where}.proxy_ip", "beside a registrar and an outbound proxy the phone takes none")
    return line.outbound_proxy, None

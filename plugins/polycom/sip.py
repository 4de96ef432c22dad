"""
Lines, their servers, and how they talk.
"""

from provd.pluginkit.family.lines import sip_lines

_TRANSPORTS = {"udp": "UDPOnly", "tcp": "TCPOnly", "tls": "TLS"}
_SRTP = {"disabled": (0, 0, 0), "preferred": (1, 1, 0), "required": (1, 1, 1)}  # enable, offer, require
_DTMF = {  # tone.dtmf.viaRtp, tone.dtmf.rfc2833Control, voIpProt.SIP.dtmfViaSignaling.rfc2976
    "RTP-in-band": (1, 0, 0),
    "RTP-out-of-band": (1, 1, 0),
    "SIP-INFO": (0, "", 1),
}
_DEFAULTS = ("", "", "")
_SIP_PORT, _SIPS_PORT = 5060, 5061


def sip(raw_config, facts, report):
    lines = sip_lines(raw_config, facts["accounts"], report)
    most = max(facts["accounts"], facts["accounts_most"])
    subscribes = bool(raw_config.get("sip_subscribe_mwi"))
    return {
        "XX_accounts": [_account(line, facts, subscribes, report) for line in lines.values()],
        "XX_unused_accounts": [n for n in range(1, most + 1) if n not in lines],
        "XX_srtp": _phone_srtp(raw_config, lines, facts, report),
        "XX_dtmf": _phone_dtmf(raw_config, lines, report),
    }


def _account(line, facts, subscribes, report):
    where = f"sip_lines.{line.number}"
    return {
        "number": line.number,
        "label": line.extension.strip() or line.display_name,
        "display_name": line.display_name,
        "username": line.username,
        "auth_username": line.auth_username,
        "password": line.password,
        "servers": (line.registrar, line.backup_registrar),
        "outbound": _outbound(line, where, report),
        "transport": _transport(line, facts, report),
        "srtp": _SRTP.get(line.srtp_mode, _DEFAULTS),
        "failover": 1 if line.backup_registrar else "",
        "voicemail": line.voicemail,
        "mwi_address": line.username if subscribes else "",
    }


def _transport(line, facts, report):
    if line.transport == "tls" and not facts["tls"]:
        report.add("sip_transport", "the phone has no TLS: it uses TCP")
        return "TCPOnly"
    return _TRANSPORTS.get(line.transport, "UDPOnly")


def _outbound(line, where, report):
    """
    A server of a line is registrar and proxy at once: where they differ, requests go through the proxy as an
    outbound proxy, unless there is one already.
    """
    differ = line.proxy is not None and _address(line.proxy, line) != _address(line.registrar, line)
    if not differ:
        if line.backup_proxy and _address(line.backup_proxy, line) != _address(line.backup_registrar, line):
            report.add(f"{where}.backup_proxy_ip", "the backup registrar is the phone's second server")
        return line.outbound_proxy
    if line.backup_proxy:
        report.add(f"{where}.backup_proxy_ip", "beside a registrar the phone takes one outbound proxy")
    if line.outbound_proxy:
        report.add(f"{where}.proxy_ip", "beside a registrar and an outbound proxy the phone takes none")
    return line.outbound_proxy or line.proxy


def _address(server, line):
    default = _SIPS_PORT if line.transport == "tls" else _SIP_PORT
    return server and (server.host, server.port or default)


def _phone_srtp(raw_config, lines, facts, report):
    """
    Return what holds for all lines; None if the phone has no SRTP.  Where lines have settings of their own,
    SRTP must be enabled if one of them wants it.
    """
    mode = raw_config.get("sip_srtp_mode") or "disabled"
    if facts["srtp"] == "line":
        enabled = any(other != "disabled" for other in (mode, *(line.srtp_mode for line in lines.values())))
        return (int(enabled), *_SRTP.get(mode, _DEFAULTS)[1:])
    if facts["srtp"] == "phone":
        mode = _of_all("srtp_mode", lines, mode, report)
        return _SRTP.get(mode, _DEFAULTS)
    if mode != "disabled":
        report.add("sip_srtp_mode", "this firmware has no SRTP")
    for line in lines.values():
        if line.srtp_mode not in ("disabled", mode):
            report.add(f"sip_lines.{line.number}.srtp_mode", "this firmware has no SRTP")
    return None


def _phone_dtmf(raw_config, lines, report):
    mode = _of_all("dtmf_mode", lines, raw_config.get("sip_dtmf_mode") or None, report)
    return _DTMF.get(mode, _DEFAULTS)


def _of_all(setting, lines, default, report):
    """
    Return a setting that the phone has for all lines at once: that of the first one; others are reported.
    """
    modes = {number: getattr(line, setting) for number, line in lines.items()}
    mode = next(iter(modes.values()), default)
    for number, other in modes.items():
        if other != mode:
            report.add(f"sip_lines.{number}.{setting}", "all lines are as the first one on this phone")
    return mode

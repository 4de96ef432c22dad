"""
Accounts and their servers.
"""

from provd.pluginkit.family.lines import set_by, sip_lines, with_port

_TRANSPORTS = {"udp": 1, "tcp": 2, "tls": 4}
_SRTP = {"disabled": 0, "preferred": 1, "required": 2}
_RTP, _INFO = 0, 1  # sip dtmf method


def sip(raw_config, facts, report):
    if raw_config.get("sip_transport") == "tls" and not facts["tls"]:
        report.add("sip_transport", "this firmware has no TLS: it uses UDP")
        raw_config["sip_transport"] = "udp"
    lines = sip_lines(raw_config, facts["accounts"], report)
    most = max(facts["accounts"], facts["accounts_most"])
    return {
        "XX_lines": lines,
        "XX_accounts": [_account(raw_config, line, facts, report) for line in lines.values()],
        "XX_unused_accounts": [number for number in range(1, most + 1) if number not in lines],
        "XX_transport": _TRANSPORTS.get(raw_config.get("sip_transport"), 1),
        "XX_out_of_band_dtmf": _out_of_band(raw_config, lines.values(), report),
        "XX_subscribe_mwi": int(bool(raw_config.get("sip_subscribe_mwi"))),
        "XX_pickup": text(raw_config.get("exten_pickup_call"), "exten_pickup_call", report),
    }


def _account(raw_config, line, facts, report):
    where = f"sip_lines.{line.number}"
    srtp = _SRTP.get(line.srtp_mode, 0)
    if srtp and not facts["srtp"]:
        report.add(set_by(raw_config, line, "srtp_mode"), "this firmware has no SRTP")
        srtp = 0
    display_name = text(line.display_name, f"{where}.display_name", report)
    extension = text(line.extension, f"{where}.number", report)
    return {
        "number": line.number,
        # What the phone shows of the line, large and small.
        "screen_names": (extension or display_name, display_name if extension else ""),
        "display_name": display_name,
        "username": text(line.username, f"{where}.username", report),
        "auth_username": text(line.auth_username, f"{where}.auth_username", report),
        "password": text(line.password, f"{where}.password", report),
        "registrar": _server(line.registrar, line),
        "backup_registrar": _server(line.backup_registrar, line),
        "proxy": _server(line.proxy or line.registrar, line),
        "backup_proxy": _server(line.backup_proxy, line),
        "outbound_proxy": _server(line.outbound_proxy, line),
        "srtp": srtp,
        "dtmf": _INFO if line.dtmf_mode == "SIP-INFO" else _RTP,
        "voicemail": text(line.voicemail, f"{where}.voicemail", report),
    }


def _server(server, line):
    return NOWHERE if server is None else with_port(server, line.transport)


def _out_of_band(raw_config, lines, report):
    """
    Return whether digits are sent as RTP events instead of tones, None to leave it to the phone.  All lines
    do it as the first one that says so; beside SIP INFO neither is wanted.
    """
    modes = [line.dtmf_mode for line in lines]
    said = [mode for mode in modes if mode in ("RTP-in-band", "RTP-out-of-band")]
    is_on = said[0] == "RTP-out-of-band" if said else False
    for line in lines:
        if line.dtmf_mode == "SIP-INFO" and is_on:
            report.add(
                set_by(raw_config, line, "dtmf_mode"), "another line has the phone send RTP events, too"
            )
        elif line.dtmf_mode in said and line.dtmf_mode != said[0]:
            report.add(set_by(raw_config, line, "dtmf_mode"), "all lines do it as the first one")
    return int(is_on) if any(modes) else None

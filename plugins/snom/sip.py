"""
Identities of desk phones: a line each, and a hidden one more for each line with a backup server.
"""

from provd.pluginkit.family.lines import address, sip_lines, with_port

_SAVP = {"preferred": "optional", "required": "mandatory"}
_DTMF = {"RTP-in-band": "off", "RTP-out-of-band": "off", "SIP-INFO": "sip_info_only"}
_NO_EVENTS = "g722,pcmu,pcma,g729"
"""A list of codecs without telephone-event, so that tones are sent as sound."""

_LAST = 12
"""Phones don't fail over from the first identity to this one (the vendor's issue SCPP-6267)."""


def lines_of(raw_config, facts, report):
    lines = sip_lines(raw_config, facts["accounts"], report)
    if raw_config.get("sip_subscribe_mwi") is False and any(line.voicemail for line in lines.values()):
        report.add("sip_subscribe_mwi", "the phone subscribes wherever it knows a mailbox")
    return lines


def outbound_of(line, report):
    """
    Return the server that a line's requests go through: what it registers at, unless it says otherwise.
    """
    if line.outbound_proxy is None:
        return line.proxy or line.registrar
    places = {with_port(server, line.transport) for server in (line.proxy, line.registrar) if server}
    if len(places) > 1:
        where = f"sip_lines.{line.number}.proxy_ip"
        report.add(where, "beside a registrar and an outbound proxy the phone takes none")
    return line.outbound_proxy


def report_backup(line, reason, report):
    """
    Report that a line goes without its backup servers, if it has any.
    """
    if line.backup_proxy is not None:
        report.add(f"sip_lines.{line.number}.backup_proxy_ip", reason)
    if line.backup_registrar not in (None, line.backup_proxy):
        report.add(f"sip_lines.{line.number}.backup_registrar_ip", reason)


def sip(raw_config, facts, report):
    lines = lines_of(raw_config, facts, report)
    backups = _backups(lines, facts["accounts"], report)
    identities = [_identity(line, outbound_of(line, report), backups) for line in lines.values()]
    identities += [_backup(lines[number], backups[number]) for number in backups]
    used = {identity["number"] for identity in identities}
    voicemails = [line.voicemail for line in lines.values() if line.voicemail]
    return {
        "XX_lines": list(lines),
        "XX_identities": identities,
        "XX_unused_identities": [n for n in range(1, facts["accounts"] + 1) if n not in used],
        "XX_blocked_messages": " ".join(f"Identity{n:02}IsNotRegistered" for n in backups.values()),
        "XX_voicemail": voicemails[0] if voicemails else raw_config.get("exten_voicemail") or "",
        "XX_codes": _codes(raw_config),
    }


def _backups(lines, accounts, report):
    """
    Return the number of the identity at the backup server, by the number of the line.
    """
    free = [number for number in range(1, accounts + 1) if number not in lines]
    backups = {}
    for line in lines.values():
        if line.backup_registrar is None and line.backup_proxy is None:
            continue
        number = next((n for n in free if not (line.number == 1 and n == _LAST)), None)
        if number is None:
            report_backup(line, "would need one more of the phone's accounts", report)
        else:
            free.remove(number)
            backups[line.number] = number
    return backups


def _identity(line, outbound, backups):
    return {
        **_account(line, line.number, line.registrar, outbound),
        "hidden": False,
        "idle_text": line.display_name,
        "idle_number": line.extension,
        "mailbox": line.voicemail,
        "failover": backups.get(line.number, ""),
    }


def _backup(line, number):
    outbound = line.backup_proxy or line.backup_registrar
    return {
        **_account(line, number, line.backup_registrar or line.registrar or outbound, outbound),
        "hidden": True,
        "idle_text": "",
        "idle_number": "",
        "mailbox": "",
        "failover": "",
    }


def _account(line, number, registrar, outbound):
    return {
        "number": number,
        "display_name": line.display_name,
        "username": line.username,
        "auth_username": line.auth_username,
        "password": line.password,
        "host": address(registrar),
        "outbound": f"{address(outbound)};transport={line.transport}" if outbound else "",
        "srtp": on_off(line.srtp_mode != "disabled"),
        "savp": _SAVP.get(line.srtp_mode, ""),
        "dtmf": _DTMF.get(line.dtmf_mode, ""),
        "codecs": _NO_EVENTS if line.dtmf_mode == "RTP-in-band" else "",
    }


def _codes(raw_config):
    """
    Return (setting, code) of each code that an identity has: one that toggles is sent for on and off.
    """
    dnd, off = raw_config.get("exten_dnd") or "", raw_config.get("exten_fwd_disable_all") or ""
    codes = [("dnd_on_code", dnd), ("dnd_off_code", dnd)]
    for setting, name in (("all", "unconditional"), ("busy", "busy"), ("time", "no_answer")):
        codes.append((f"fwd_{setting}_on_code", raw_config.get(f"exten_fwd_{name}") or ""))
        codes.append((f"fwd_{setting}_off_code", off))
    return codes

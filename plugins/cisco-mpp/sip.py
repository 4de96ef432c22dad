"""
Accounts, their servers and the feature codes.
"""

from provd.pluginkit.family.lines import (
    address,
    bracketed,
    outbound_servers,
    set_by,
    sip_lines,
    with_port,
)
from provd.pluginkit.family.values import trimmed

_TRANSPORTS = {"udp": "UDP", "tcp": "TCP", "tls": "TLS"}
_DTMF = {"RTP-in-band": "InBand", "RTP-out-of-band": "AVT", "SIP-INFO": "INFO"}
# Further codes that the phone takes for itself, of which the configuration knows none.
_OWN_CODES = (
    "Call_Return",
    "Blind_Transfer",
    "CW_Act",
    "CW_Deact",
    "CW_Per_Call_Act",
    "CW_Per_Call_Deact",
    "Block_CID_Act",
    "Block_CID_Deact",
    "Block_CID_Per_Call_Act",
    "Block_CID_Per_Call_Deact",
    "Block_ANC_Act",
    "Block_ANC_Deact",
    "Secure_All_Call_Act",
    "Secure_No_Call_Act",
    "Secure_One_Call_Act",
    "Secure_One_Call_Deact",
    "Paging",
    "Call_Unpark",
)

_UNUSED = {
    "enabled": "No",
    "label": "",
    "display_name": "",
    "username": "",
    "auth_username": "",
    "password": "",
    "proxy": "",
    "outbound_proxy": "",
    "is_listed": "No",
    "transport": "UDP",
    "srtp": "Optional",
    "dtmf": "Auto",
    "mwi_server": "",
}


def sip(raw_config, facts, report):
    lines = sip_lines(raw_config, facts["accounts"], report)
    first = next(iter(lines.values()), None)
    subscribes = bool(raw_config.get("sip_subscribe_mwi"))
    for line in lines.values():
        if line.voicemail != first.voicemail:
            where = f"sip_lines.{line.number}.voicemail"
            report.add(where, "the phone has one number for all lines, that of the first")
    accounts = {number: _account(line, subscribes, report) for number, line in lines.items()}
    return {
        "XX_lines": lines,
        "XX_accounts": [
            {"number": number, **accounts.get(number, _UNUSED)} for number in range(1, facts["accounts"] + 1)
        ],
        "XX_phone_name": first.display_name if first else "",
        "XX_phone_number": first.extension or first.display_name if first else "",
        "XX_voicemail": text(first.voicemail) if first else "",
        **_secure_calls(raw_config, lines.values(), facts, report),
        "XX_codes": _codes(raw_config, report),
        "XX_own_codes": _OWN_CODES,
    }


def _secure_calls(raw_config, lines, facts, report):
    """
    One setting has the phone prefer SRTP on all lines; a line's own option can only require it.
    """
    modes = {line.srtp_mode for line in lines}
    can_require = facts["secure_call_option"]
    prefers = "preferred" in modes or ("required" in modes and not can_require)
    for line in lines:
        where = set_by(raw_config, line, "srtp_mode")
        if line.srtp_mode == "required" and not can_require:
            report.add(where, "this firmware prefers SRTP, but takes calls without it")
        if line.srtp_mode == "disabled" and prefers:
            report.add(where, "the phone prefers SRTP on all lines if it does on one")
    return {"XX_secures_calls": switch(modes - {"disabled"}), "XX_prefers_secure_calls": switch(prefers)}


def _account(line, subscribes, report):
    outbound, backup_outbound = outbound_servers(line, report)
    # One switch has the phone look for SRV records of both.
    is_listed = bool(line.backup_registrar or backup_outbound)
    return {
        "enabled": "Yes",
        "label": label_of(line),
        "display_name": text(line.display_name),
        "username": text(line.username),
        "auth_username": text(line.auth_username),
        "password": trimmed(line.password, f"sip_lines.{line.number}.password", report),
        "proxy": _servers(line.registrar, line.backup_registrar, line, is_listed),
        "outbound_proxy": _servers(outbound, backup_outbound, line, is_listed),
        "is_listed": switch(is_listed),
        "transport": _TRANSPORTS.get(line.transport, "UDP"),
        "srtp": _srtp(line),
        "dtmf": _DTMF.get(line.dtmf_mode, "Auto"),
        "mwi_server": address(line.registrar) if subscribes else "",
    }


def label_of(line):
    """
    Return what the phone shows of a line.
    """
    return text(line.extension) or text(line.display_name) or text(line.username)


def _servers(server, backup, line, is_listed):
    """
    Return a server, or with its backup a list in place of the SRV records that the phone would ask DNS for.
    """
    if server is None or not is_listed:
        return address(server)
    records = [
        f"{bracketed(each.host)}:{with_port(each, line.transport)[1]}:p={priority}:w=1"
        for priority, each in enumerate(filter(None, (server, backup)))
    ]
    return f"{bracketed(server.host)}:SRV={'|'.join(records)}"


def _srtp(line):
    """
    "Strict" has SRTP go with TLS, and RTP with UDP and TCP, where "Required" is what refuses RTP.
    """
    if line.srtp_mode != "required":
        return "Optional"
    return "Strict" if line.transport == "tls" else "Required"


def _codes(raw_config, report):
    """
    The phone takes these for itself wherever they are dialed.
    """
    codes = {
        name: text(raw_config.get(f"exten_{name}"))
        for name in (
            "dnd",
            "fwd_unconditional",
            "fwd_busy",
            "fwd_no_answer",
            "fwd_disable_all",
            "park",
            "pickup_call",
            "pickup_group",
        )
    }
    if codes["dnd"]:
        report.add(
            "exten_dnd", "turns it on alone, as the phone takes no code for both: its soft key turns it off"
        )
    return codes

"""
Lines, their servers and the feature codes.
"""

from provd.pluginkit.family.lines import outbound_servers, set_by, sip_lines, with_port
from provd.pluginkit.family.values import trimmed

_TRANSPORTS = {"udp": "UDP", "tcp": "TCP", "tls": "TLS"}
# The settings of codes that the phone acts upon itself.
_CODES = {
    "exten_dnd": ["DND_Act_Code"],
    "exten_fwd_unconditional": ["Cfwd_All_Act_Code"],
    "exten_fwd_busy": ["Cfwd_Busy_Act_Code"],
    "exten_fwd_no_answer": ["Cfwd_No_Ans_Act_Code"],
    "exten_fwd_disable_all": ["Cfwd_All_Deact_Code", "Cfwd_Busy_Deact_Code", "Cfwd_No_Ans_Deact_Code"],
    "exten_park": ["Call_Park_Code"],
    "exten_pickup_call": ["Call_Pickup_Code"],
    "exten_pickup_group": ["Group_Call_Pickup_Code"],
}
_LONGEST_CODE = 7
_DTMF = {"RTP-in-band": "InBand", "RTP-out-of-band": "AVT", "SIP-INFO": "INFO"}


def sip(raw_config, facts, report):
    lines = sip_lines(raw_config, facts["accounts"], report)
    transport = _transport(raw_config, facts, report)
    secure = _secure(raw_config, lines, facts, report)
    accounts = [_account(raw_config, line, transport, facts, report) for line in lines.values()]
    for account in accounts:
        account["secure"] = secure[account["number"]]
    return {
        "XX_accounts": accounts,
        "XX_unused_accounts": [n for n in range(1, facts["accounts"] + 1) if n not in lines],
        "XX_secure": any(secure.values()),
        "XX_voicemail": _voicemail(raw_config, lines, facts, report),
        "XX_subscribe_mwi": bool(raw_config.get("sip_subscribe_mwi")),
        "XX_codes": _codes(raw_config, facts, report),
    }


def _codes(raw_config, facts, report):
    """
    Return the codes that the device acts upon itself.  They leave the server's to it where there are no soft
    keys: what a code has turned on could never be turned off there.
    """
    codes = dict.fromkeys(facts["own_codes"], "")
    for name, settings in _CODES.items():
        code = str(raw_config.get(name) or "").strip()
        if code and not facts["display"]:
            report.add(name, "this device leaves it to the server, which it is dialed to")
        elif len(code) > _LONGEST_CODE:
            report.add(name, f"is longer than {_LONGEST_CODE} digits: the phone leaves it to the server")
        else:
            codes.update(dict.fromkeys(settings, code))
    if codes["DND_Act_Code"]:
        report.add("exten_dnd", "turns it on alone: the phone's soft key turns it off")
    return codes


def _transport(raw_config, facts, report):
    transport = raw_config.get("sip_transport") or "udp"
    if transport == "tls" and not facts["tls"]:
        report.add("sip_transport", "this device can't have TLS: it gets UDP")
        transport = "udp"
    return transport


def _secure(raw_config, lines, facts, report):
    """
    Return whether the calls of each line are to be encrypted.  A phone has one setting for all its lines.
    """
    secure = {}
    for number, line in lines.items():
        mode = line.srtp_mode
        where = set_by(raw_config, line, "srtp_mode")
        if mode != "disabled" and not facts["srtp"]:
            report.add(where, "this device can't encrypt calls with other makes")
            mode = "disabled"
        elif mode == "required":
            report.add(where, "a call that can't be encrypted is made all the same")
        secure[number] = mode != "disabled"
    if facts["kind"] == "phone":
        first = next(iter(secure.values()), False)
        for number, is_secure in secure.items():
            if is_secure != first:
                report.add(f"sip_lines.{number}.srtp_mode", "all lines of the phone are as its first one")
        return dict.fromkeys(secure, first)
    return secure


def _voicemail(raw_config, lines, facts, report):
    """
    Return the number that the phone's key dials for the messages of all lines.
    """
    number = next((line.voicemail for line in lines.values() if line.voicemail), "")
    if facts["kind"] == "cucm":
        return number
    for line in lines.values():
        if facts["kind"] != "phone" and raw_config["sip_lines"][str(line.number)].get("voicemail"):
            report.add(f"sip_lines.{line.number}.voicemail", "the adapter has no key that dials it")
        elif facts["kind"] == "phone" and line.voicemail not in ("", number):
            report.add(f"sip_lines.{line.number}.voicemail", "the phone has one number for all lines")
    return number if facts["kind"] == "phone" else ""


def _account(raw_config, line, transport, facts, report):
    where = f"sip_lines.{line.number}"
    if line.extension and not facts["display"]:
        report.add(f"{where}.number", "there is no display to show it on")
    servers = [server for server in (line.registrar, line.backup_registrar) if server]
    outbound = [server for server in outbound_servers(line, report) if server]
    if facts["kind"] == "cucm":
        _report_enterprise(raw_config, line, outbound, where, report)
    if facts["list_needs_dns"] and not dns_server(raw_config):
        servers, outbound = (_first(list_, raw_config, line, report) for list_ in (servers, outbound))
    is_list = len(servers) > 1 or len(outbound) > 1
    return {
        "number": line.number,
        "label": (line.extension or line.display_name or line.username).strip(),
        "display_name": line.display_name.strip(),
        "username": line.username.strip(),
        "auth_username": line.auth_username.strip(),
        "password": trimmed(line.password, f"{where}.password", report),
        "transport": _TRANSPORTS[transport],
        "servers": servers,
        "outbound_servers": outbound,
        "proxy": _spelled(servers, is_list, transport),
        "outbound": _spelled(outbound, is_list, transport),
        "is_list": is_list,
        "mailbox_server": _spelled(servers[:1], False, transport),
        "dtmf": _DTMF.get(line.dtmf_mode, "Auto"),
        "dtmf_mode": line.dtmf_mode,
        "voicemail": line.voicemail,
        "has_dial_plan": line.number not in facts["to_network"],
    }


def _report_enterprise(raw_config, line, outbound, where, report):
    if line.dtmf_mode == "SIP-INFO":
        report.add(set_by(raw_config, line, "dtmf_mode"), "this adapter sends digits in RTP")
    if len(outbound) > 1:
        report.add(f"{where}.backup_proxy_ip", "this adapter takes one outbound proxy")


def _first(servers, raw_config, line, report):
    if len(servers) > 1:
        role = "backup_proxy" if servers[1] == line.backup_proxy else "backup_registrar"
        where = set_by(raw_config, line, f"{role}_ip")
        report.add(where, "with a second server this phone hangs unless it has a DNS server (dns_ip)")
    return servers[:1]


def _spelled(servers, is_list, transport):
    """
    Return servers as host, host:port or, each with its priority, name:SRV=host:port:p=0|host:port:p=1.
    """
    if not servers:
        return ""
    first = servers[0]
    if is_list:
        addresses = (with_port(server, transport) for server in servers)
        parts = (f"{host}:{port}:p={index}" for index, (host, port) in enumerate(addresses))
        return f"{first.host}:SRV={'|'.join(parts)}"
    if first.port is None and transport != "tls":
        return first.host
    host, port = with_port(first, transport)
    return f"{host}:{port}"

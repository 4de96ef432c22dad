"""
Accounts of DECT bases: a list of servers, and lines that refer to it.
"""

_SERVERS = 10


def base(raw_config, facts, report):
    lines = lines_of(raw_config, facts, report)
    if raw_config.get("sip_transport", "udp") != "udp":
        report.add("sip_transport", "the base's setting for it isn't known: it keeps its own, UDP")
    if any(line.srtp_mode == "preferred" for line in lines.values()):
        report.add("sip_srtp_mode", "the base has SRTP on or off: preferred is on")
    servers, accounts = {}, []
    for line in lines.values():
        where = f"sip_lines.{line.number}"
        number = servers.setdefault(_server(line, report), len(servers) + 1)
        if number > _SERVERS:
            report.add(where, f"the base has room for {_SERVERS} different servers")
            continue
        report_backup(line, "the base has no such setting for a line", report)
        if line.dtmf_mode == "RTP-in-band":
            report.add(f"{where}.dtmf_mode", "the base sends no tones as sound: it keeps its own way")
        if line.extension and not facts["line_name"]:
            report.add(f"{where}.number", "this firmware shows none")
        accounts.append({"line": line, "server": number})
    used = {account["line"].number for account in accounts}
    return {
        "XX_servers": [{"number": n, **dict(server)} for server, n in servers.items() if n <= _SERVERS],
        "XX_unused_servers": range(len(servers) + 1, _SERVERS + 1),
        "XX_accounts": accounts,
        "XX_unused_accounts": [n for n in range(1, facts["accounts"] + 1) if n not in used],
    }


def _server(line, report):
    """
    Return the settings of the server that a line needs, which lines with equal ones share.
    """
    outbound = outbound_of(line, report)
    return (
        ("alias", line.registrar.host if line.registrar else ""),
        ("host", address(line.registrar)),
        ("outbound", "" if outbound == line.registrar else address(outbound)),
        ("srtp", on_off(line.srtp_mode != "disabled")),
        ("dtmf", {"RTP-out-of-band": "off", "SIP-INFO": "sip_info_only"}.get(line.dtmf_mode, "")),
    )

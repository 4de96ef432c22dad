"""
Accounts, their servers and the feature codes.
"""

from provd.pluginkit.family.lines import outbound_servers, sip_lines, with_port

_TRANSPORTS = {"udp": 0, "tcp": 1, "tls": 3}  # 2 isn't TLS
_CRYPTO = {"disabled": 0, "preferred": 1, "required": 2}
_DTMF = {"RTP-in-band": 0, "RTP-out-of-band": 1, "SIP-INFO": 2}
_DTMF_AUTO = 3
_NO_SERVER = ("", 5060)


def sip(raw_config, facts, report):
    lines = sip_lines(raw_config, facts["accounts"], report)
    subscribe = 1 if raw_config.get("sip_subscribe_mwi") else 0
    accounts = {
        number: _account(lines[number], subscribe, facts, report) if number in lines else _no_account(number)
        for number in range(1, max(facts["accounts"], facts["accounts_most"]) + 1)
    }
    first = next(iter(lines.values()), None)
    return {
        "XX_accounts": list(accounts.values()),
        "XX_line_numbers": list(lines),
        "XX_title": (first.extension or first.display_name) if first else "",
        "XX_codes": _codes(raw_config),
    }


def _account(line, subscribe, facts, report):
    outbound, backup_outbound = outbound_servers(line, report)
    return {
        "number": line.number,
        "enabled": 1 if line.registrar else 0,
        "username": line.username,
        "auth_username": line.auth_username,
        "password": line.password,
        "display_name": line.display_name,
        "name": line.extension,
        "registrar": _server(line.registrar, line),
        "backup": _server(line.backup_registrar, line),
        "failback": 1 if line.backup_registrar else 0,
        "outbound": _server(outbound, line),
        "backup_outbound": _server(backup_outbound, line),
        "transport": _TRANSPORTS.get(line.transport, 0),
        "crypto": _CRYPTO.get(line.srtp_mode, 0),
        "dtmf": _DTMF.get(line.dtmf_mode, _DTMF_AUTO),
        "voicemail": line.voicemail,
        "subscribe": subscribe,
        "auto_answer": 1 if facts["auto_answer"] else 0,
    }


def _no_account(number):
    texts = ("username", "auth_username", "password", "display_name", "name", "voicemail")
    servers = ("registrar", "backup", "outbound", "backup_outbound")
    numbers = ("enabled", "failback", "transport", "crypto", "subscribe", "auto_answer")
    return {
        "number": number,
        **dict.fromkeys(texts, ""),
        **dict.fromkeys(servers, _NO_SERVER),
        **dict.fromkeys(numbers, 0),
        "dtmf": _DTMF_AUTO,
    }


def _server(server, line):
    return _NO_SERVER if server is None else with_port(server, line.transport)


def _codes(raw_config):
    """
    The phone has a code to switch each forward off; the configuration has one for all of them.
    """

    def code(name):
        return str(raw_config.get(f"exten_{name}") or "")

    codes = {
        "dnd_on": code("dnd"),
        "dnd_off": code("dnd"),
        "always_on": code("fwd_unconditional"),
        "always_off": code("fwd_disable_all"),
        "busy_on": code("fwd_busy"),
        "busy_off": code("fwd_disable_all"),
        "no_answer_on": code("fwd_no_answer"),
        "no_answer_off": code("fwd_disable_all"),
    }
    return {
        **codes,
        "mode": 1 if any(codes.values()) else 0,
        "park": code("park"),
        "pickup": code("pickup_call"),
    }

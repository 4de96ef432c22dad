"""
Accounts, their servers and the feature codes.
"""

from provd.pluginkit.family.lines import outbound_servers, sip_lines, with_port
from provd.pluginkit.family.values import trimmed

_TRANSPORTS = {"udp": 0, "tcp": 1, "tls": 2}
_SRTP = {"disabled": 0, "preferred": 1, "required": 2}
_DTMF = {"RTP-in-band": 0, "RTP-out-of-band": 1, "SIP-INFO": 2}


def sip(raw_config, facts, report):
    lines = sip_lines(raw_config, facts["accounts"], report)
    accounts = [_account(line, facts, report) for line in lines.values()]
    return {
        "XX_accounts": accounts,
        "XX_unused_accounts": [n for n in range(1, facts["accounts"] + 1) if n not in lines],
        "XX_server_templates": _server_templates(accounts) if facts["multicell"] else [],
        "XX_subscribe_mwi": 1 if raw_config.get("sip_subscribe_mwi") else 0,
        "XX_codes": _codes(raw_config),
    }


def _account(line, facts, report):
    where = f"sip_lines.{line.number}"
    outbound, backup_outbound = outbound_servers(line, report)
    if backup_outbound and not facts["outbound_list"]:
        report.add(f"{where}.backup_proxy_ip", "this firmware takes one outbound proxy")
        backup_outbound = None
    return {
        "number": line.number,
        "label": or_null(line.extension.strip() or line.display_name),
        "display_name": or_null(line.display_name),
        "username": or_null(line.username),
        "auth_username": or_null(line.auth_username),
        "password": or_null(trimmed(line.password, f"{where}.password", report)),
        "servers": (_server(line.registrar, line), _server(line.backup_registrar, line)),
        "outbound": (_server(outbound, line), _server(backup_outbound, line)),
        "outbound_enabled": 1 if outbound else 0,
        "transport": _TRANSPORTS.get(line.transport, 0),
        "srtp": _SRTP.get(line.srtp_mode, 0),
        "dtmf": _DTMF.get(line.dtmf_mode, NULL),
        "dtmf_info": 1 if line.dtmf_mode == "SIP-INFO" else NULL,  # 1: DTMF-Relay
        "voicemail": or_null(line.voicemail),
    }


def _server(server, line):
    return (NULL, NULL) if server is None else with_port(server, line.transport)


def _server_templates(accounts):
    """
    Number the different servers of a multi-cell base's accounts, and have each account refer to its own.
    """
    numbers = {}
    for account in accounts:
        key = (account["servers"], account["transport"])
        account["template"] = numbers.setdefault(key, len(numbers) + 1)
    return [
        {"number": number, "servers": servers, "transport": transport}
        for (servers, transport), number in numbers.items()
    ]


def _codes(raw_config):
    def code(name):
        return or_null(raw_config.get(f"exten_{name}"))

    pickup, group_pickup = code("pickup_call"), code("pickup_group")
    return {
        "dnd": code("dnd"),
        "fwd_unconditional": code("fwd_unconditional"),
        "fwd_busy": code("fwd_busy"),
        "fwd_no_answer": code("fwd_no_answer"),
        "fwd_off": code("fwd_disable_all"),
        "park": code("park"),
        "pickup": pickup,
        "pickup_enabled": 0 if pickup == NULL else 1,
        "group_pickup": group_pickup,
        "group_pickup_enabled": 0 if group_pickup == NULL else 1,
    }

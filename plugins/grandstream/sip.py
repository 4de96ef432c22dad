"""
Accounts and their servers.
"""

from provd.pluginkit.family.lines import address, outbound_servers, sip_lines

_TRANSPORTS = {"udp": 0, "tcp": 1, "tls": 2}
_SRTP = {"disabled": 0, "preferred": 1, "required": 2}
_DTMF = ("RTP-in-band", "RTP-out-of-band", "SIP-INFO")
_DTMF_FLAGS = ("dtmf_audio", "dtmf_rtp", "dtmf_info")
_DTMF_ORDER = ("dtmf_first", "dtmf_second", "dtmf_third")
# As ports order them: 100 audio, 101 RTP, 102 SIP INFO.
_DTMF_ORDERS = {_DTMF[0]: (100, 101, 102), _DTMF[1]: (101, 102, 100), _DTMF[2]: (102, 101, 100)}
_USUAL_DTMF = _DTMF[1]
_MOST_BY_NUMBER = 6
_SERVERS = ("server", "backup_server", "outbound", "backup_outbound")
_IDENTITY = ("label", "username", "auth_username", "password", "display_name", "voicemail")


def sip(raw_config, facts, settings, report):
    """
    Set the accounts, and return the numbers of those that are used.
    """
    lines = sip_lines(_settable(raw_config, facts, report), facts["accounts"], report)
    subscribes = 1 if raw_config.get("sip_subscribe_mwi") else 0
    own = {int(key): entry for key, entry in raw_config["sip_lines"].items() if _is_number(key)}
    for line in lines.values():
        _account(line, own[line.number], subscribes, facts, settings, report)
    most = max(facts["accounts"], facts["accounts_most"])
    if not settings.by_name:
        most = min(most, _MOST_BY_NUMBER)
    for number in range(1, most + 1):
        if number not in lines:
            settings.put_account(number, "enabled", 0)
            for setting in (*_SERVERS, *_IDENTITY):
                settings.put_account(number, setting, "")
    return set(lines)


def _settable(raw_config, facts, report):
    """
    Leave out the lines that the phone has, but that no file can set.
    """
    lines = raw_config.get("sip_lines") or {}
    raw_config["sip_lines"] = lines
    if not facts["accounts_more"]:
        return raw_config
    known = {}
    for key, entry in lines.items():
        if _is_number(key) and int(key) > facts["accounts"]:
            report.add(f"sip_lines.{key}", _UNKNOWN)
        else:
            known[key] = entry
    return {**raw_config, "sip_lines": known}


def _is_number(key):
    return key.isascii() and key.isdigit()


def _account(line, own, subscribes, facts, settings, report):
    n, where = line.number, f"sip_lines.{line.number}"
    outbound, backup_outbound = outbound_servers(line, report)

    def put(setting, value, parameter=None, is_asked=True):
        settings.put_account(n, setting, value, f"{where}.{parameter}" if parameter and is_asked else None)

    put("enabled", 1)
    put("label", line.extension.strip() or line.display_name, "number", line.extension)
    put("server", address(line.registrar))
    put("backup_server", address(line.backup_registrar))
    put("outbound", address(outbound))
    put("backup_outbound", address(backup_outbound), "backup_proxy_ip", backup_outbound)
    put("username", line.username)
    put("auth_username", line.auth_username)
    put("password", line.password)
    put("display_name", line.display_name)
    put("voicemail", line.voicemail, "voicemail", line.voicemail)
    put("subscribe_mwi", subscribes, "subscribe_mwi", subscribes)
    # The phone's own star codes would keep those of the PBX from reaching it.
    put("call_features", 0)
    put("transport", _TRANSPORTS.get(line.transport, 0), "transport", line.transport != "udp")
    asks_srtp = "srtp_mode" in own or line.srtp_mode != "disabled"
    put("srtp", _SRTP.get(line.srtp_mode, 0), "srtp_mode", asks_srtp)
    mode = line.dtmf_mode if line.dtmf_mode in _DTMF else _USUAL_DTMF
    if facts["ports"]:
        values = zip(_DTMF_ORDER, _DTMF_ORDERS[mode], strict=True)
    else:
        values = [(setting, int(name == mode)) for setting, name in zip(_DTMF_FLAGS, _DTMF, strict=True)]
    for setting, value in values:
        put(setting, value, "dtmf_mode", line.dtmf_mode)

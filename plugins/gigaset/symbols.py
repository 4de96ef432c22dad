"""
N510, N720 and the like: items of the base's memory, by name.
"""

from provd.pluginkit.family.lines import set_by, sip_lines

_DTMF_BITS = {"RTP-in-band": 1, "RTP-out-of-band": 2, "SIP-INFO": 4}
_UDP = 17  # the number of the protocol in IP
_ALWAYS, _NEVER = 0, 2  # outbound proxy
_CODES = {"CFU": "unconditional", "CFB": "busy", "CFNR": "no_answer"}


def symbols(raw_config, facts, report):
    lines = sip_lines(raw_config, facts["accounts"], report)
    in_order = list(lines.values())
    report_backups(raw_config, in_order, "the base has no backup servers", report)
    for line in in_order:
        if line.srtp_mode != "disabled":
            report.add(set_by(raw_config, line, "srtp_mode"), "the base has no SRTP")
    if raw_config.get("sip_transport") not in (None, "udp"):
        report.add("sip_transport", "no setting is known for it: the base keeps to UDP")
    mode = common_mode(raw_config, in_order, "dtmf_mode", report)
    context = {
        "XX_dtmf": {"automatic": switch(mode not in _DTMF_BITS), "bits": _DTMF_BITS.get(mode, 2)},
        "XX_transport": _UDP,
    }
    if facts["multicell"]:
        return {**context, **_multicell(raw_config, lines, facts, report)}
    masks = {} if facts["fixed_line"] else _handsets(lines, facts["accounts"])
    return {
        **context,
        "XX_accounts": [
            {
                "number": number,
                "suffix": "" if number == 1 else f"_{number}",
                "mask": masks.get(number, 0),
                **_account(lines.get(number), report),
                **_servers(lines.get(number)),
            }
            for number in range(1, facts["accounts"] + 1)
        ],
    }


def _multicell(raw_config, lines, facts, report):
    """
    One provider for all lines, and a handset each.
    """
    first = next(iter(lines.values()), None)
    for line in lines.values():
        _report_other_servers(raw_config, line, first, report)
        if line.extension:
            report.add(f"sip_lines.{line.number}.number", "handsets show the name alone")
    return {
        "XX_provider": _servers(first),
        "XX_accounts": [
            {"index": number - 1, **_account(lines.get(number), report)}
            for number in range(1, facts["accounts"] + 1)
        ],
        "XX_codes": _codes(raw_config, report),
    }


def _report_other_servers(raw_config, line, first, report):
    own = raw_config["sip_lines"][str(line.number)]
    for role in ("registrar", "proxy", "outbound_proxy"):
        if getattr(line, role) == getattr(first, role):
            continue
        for name in (f"{role}_ip", f"{role}_port"):
            if own.get(name) or not own.get(f"{role}_ip"):
                report.add(
                    f"sip_lines.{line.number}.{name}", "all handsets have the servers of the first line"
                )


def _account(line, report):
    if line is None:
        names = ("login", "password", "user", "display_name", "label", "mailbox")
        return {"active": 0, "mailbox_enabled": 0, **dict.fromkeys(names, "")}
    where = f"sip_lines.{line.number}"

    def own(value, name):
        return words(value, f"{where}.{name}", report)

    return {
        "active": 1,
        "login": own(line.auth_username, "auth_username"),
        "password": own(line.password, "password"),
        "user": own(line.username, "username"),
        "display_name": own(line.display_name, "display_name"),
        "label": own(line.extension or line.display_name, "number" if line.extension else "display_name"),
        "mailbox": own(line.voicemail, "voicemail"),
        "mailbox_enabled": switch(line.voicemail),
    }


def _servers(line):
    registrar, registrar_port = endpoint(line and line.registrar)
    proxy, proxy_port = endpoint(line and line.proxy)
    outbound, outbound_port = endpoint(line and line.outbound_proxy)
    return {
        "domain": registrar,
        "registrar": registrar,
        "registrar_port": hex(registrar_port or 5060),
        "proxy": proxy or registrar,
        "proxy_port": hex(proxy_port or registrar_port or 5060),
        "outbound": outbound,
        "outbound_port": hex(outbound_port or 5060),
        "outbound_mode": _ALWAYS if outbound else _NEVER,
    }


def _handsets(lines, count):
    """
    Return the handsets of each line as bits: a line's own is that of its number, and handsets without a line
    of their own have the first one's.
    """
    masks = {}
    for handset in range(1, count + 1):
        number = handset if handset in lines else next(iter(lines), None)
        if number is not None:
            masks[number] = masks.get(number, 0) | 1 << (handset - 1)
    return masks


def _codes(raw_config, report):
    """
    Return (item, code) of the codes that switch the server's services on and off.
    """

    def code(name):
        return words(str(raw_config.get(name) or ""), name, report)

    dnd, off = code("exten_dnd"), code("exten_fwd_disable_all")
    codes = [("NetCodeDND_ON", dnd), ("NetCodeDND_OFF", dnd)]
    for item, name in _CODES.items():
        codes.append((f"NetCode{item}_ON", code(f"exten_fwd_{name}")))
        codes.append((f"NetCode{item}_OFF", off))
    return codes

"""
Maxwell desk phones: accounts and keys.
"""

from provd.pluginkit.family.keys import function_keys, place
from provd.pluginkit.family.lines import set_by, sip_lines

_MAXWELL_TRANSPORTS = {"udp": 1, "tls": 2}
_MAXWELL_DTMF = {"RTP-in-band": 0, "RTP-out-of-band": 1, "SIP-INFO": 3}
_LINE, _SPEED_DIAL, _BLF, _NONE = 0, 3, 4, -1


def maxwell(raw_config, facts, report):
    lines = sip_lines(raw_config, facts["accounts"], report)
    if raw_config.get("sip_transport") == "tcp":
        report.add("sip_transport", "no setting is known for TCP: the phone keeps to UDP")
    return {
        "XX_accounts": [
            {"index": number - 1, **_maxwell_account(raw_config, lines.get(number), report)}
            for number in range(1, facts["accounts"] + 1)
        ],
        "XX_transport": _MAXWELL_TRANSPORTS.get(raw_config.get("sip_transport"), 1),
        **_srtp(raw_config, list(lines.values()), report),
        "XX_dnd": raw_config.get("exten_dnd") or "",
        "XX_keys": _maxwell_keys(raw_config, lines, facts, report),
    }


def _maxwell_account(raw_config, line, report):
    if line is None:
        nowhere = ("", 5060)
        return {
            "line": None,
            "registrar": nowhere,
            "proxy": nowhere,
            "outbound": nowhere,
            "failover": nowhere,
            "dtmf": 1,
        }
    return {
        "line": line,
        "registrar": endpoint(line.registrar, line.transport),
        "proxy": endpoint(line.proxy or line.registrar, line.transport),
        "outbound": endpoint(line.outbound_proxy, line.transport),
        "failover": endpoint(failover(raw_config, line, report), line.transport),
        "dtmf": _MAXWELL_DTMF.get(line.dtmf_mode, 1),
    }


def _srtp(raw_config, lines, report):
    """
    One setting has the phone offer SRTP on all lines, another one refuse what isn't SRTP.
    """
    modes = {line.srtp_mode for line in lines}
    requires = modes == {"required"}
    for line in lines:
        if line.srtp_mode == "disabled" and modes != {"disabled"}:
            report.add(set_by(raw_config, line, "srtp_mode"), "the phone offers SRTP on all lines if on one")
        if line.srtp_mode == "required" and not requires:
            report.add(
                set_by(raw_config, line, "srtp_mode"), "the phone requires SRTP on all lines or prefers it"
            )
    return {"XX_srtp": switch(modes - {"disabled"}), "XX_accepts_rtp": switch(not requires)}


def _maxwell_keys(raw_config, lines, facts, report):
    places = [str(index) for index in range(facts["line_keys"])]
    pickup = raw_config.get("exten_pickup_call") or ""
    chosen = {}
    for index, key in place(function_keys(raw_config, facts["accounts"], report), places, report).items():
        where = f"funckeys.{key.position}"
        if key.line != 1:
            report.add(f"{where}.line", "only keys of lines name one: the phone calls by its default line")
        if key.type == "park":
            report.add(f"{where}.type", "the key dials the slot: it doesn't show whether it is taken")
        is_blf = key.type == "blf"
        chosen[index] = {
            "type": _BLF if is_blf else _SPEED_DIAL,
            "label": key.label,
            "number": key.value,
            "pickup": pickup if is_blf else "",
            "connection": 0,
        }
    for number in lines:
        # A line has its own key unless the configuration puts something else there.
        if number <= len(places):
            own = {"type": _LINE, "label": "", "number": "", "pickup": "", "connection": number - 1}
            chosen.setdefault(places[number - 1], own)
    free = {"type": _NONE, "label": "", "number": "", "pickup": "", "connection": 0}
    return [(index, chosen.get(index, free)) for index in places]

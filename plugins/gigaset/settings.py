"""
P-series desk phones, whose firmware is Snom's: identities and keys.
"""

from provd.pluginkit.family.lines import address, set_by, sip_lines

_SAVP = {"preferred": "optional", "required": "mandatory"}
_DTMF_INFO = {"SIP-INFO": "sip_info_only"}
_WITHOUT_EVENTS = "g722,pcmu,pcma,g729"
"""Codecs without telephone-event, so that tones are sent as sound."""


def settings(raw_config, facts, report):
    lines = sip_lines(raw_config, facts["accounts"], report)
    report_backups(raw_config, lines.values(), "this plugin sets up no second identity for it", report)
    if raw_config.get("sip_subscribe_mwi") is False and any(line.voicemail for line in lines.values()):
        report.add("sip_subscribe_mwi", "the phone subscribes wherever it knows a mailbox")
    return {
        "XX_identities": [
            (number, _identity(raw_config, lines.get(number), report))
            for number in range(1, facts["accounts"] + 1)
        ],
        "XX_codes": _identity_codes(raw_config),
        "XX_retrieve": next((line.voicemail for line in lines.values() if line.voicemail), ""),
        "XX_keys": _fkeys(raw_config, lines, facts, report),
    }


def _identity(raw_config, line, report):
    """
    Return the settings of an identity, in their order.
    """
    if line is None:
        names = (
            "realname",
            "name",
            "pname",
            "pass",
            "host",
            "outbound",
            "idle_text",
            "idle_number",
            "mailbox",
        )
        return {"user_active": "off", **{f"user_{name}": "" for name in names}}
    outbound = line.outbound_proxy or line.proxy or line.registrar
    if line.outbound_proxy and line.proxy not in (None, line.registrar):
        where = set_by(raw_config, line, "proxy_ip")
        report.add(where, "beside a registrar and an outbound proxy the phone takes none")
    return {
        "user_active": "on",
        "user_realname": line.display_name,
        "user_name": line.username,
        "user_pname": line.auth_username,
        "user_pass": line.password,
        "user_host": address(line.registrar),
        "user_outbound": f"{address(outbound)};transport={line.transport}" if outbound else "",
        "user_idle_text": line.display_name,
        "user_idle_number": line.extension,
        "user_mailbox": line.voicemail,
        "user_srtp": on_off(line.srtp_mode != "disabled"),
        "user_savp": _SAVP.get(line.srtp_mode, ""),
        "user_dtmf_info": _DTMF_INFO.get(line.dtmf_mode, "off" if line.dtmf_mode else ""),
        "codec_priority_list": _WITHOUT_EVENTS if line.dtmf_mode == "RTP-in-band" else "",
    }


def _identity_codes(raw_config):
    """
    Return the codes of every identity: one that toggles is sent for on and off.
    """
    dnd, off = raw_config.get("exten_dnd") or "", raw_config.get("exten_fwd_disable_all") or ""
    codes = {"dnd_on_code": dnd, "dnd_off_code": dnd}
    for setting, name in {"all": "unconditional", "busy": "busy", "time": "no_answer"}.items():
        codes[f"fwd_{setting}_on_code"] = raw_config.get(f"exten_fwd_{name}") or ""
        codes[f"fwd_{setting}_off_code"] = off
    return codes


def _fkeys(raw_config, lines, facts, report):
    """
    Return (index, identity, label, what it does) of each key; one that is free takes the next call.
    """
    places = [str(index) for index in range(facts["line_keys"])]
    pickup = raw_config.get("exten_pickup_call")
    chosen = {str(number - 1): (number, "", "line") for number in lines if number <= len(places)}
    for index, key in place(function_keys(raw_config, facts["accounts"], report), places, report).items():
        action = f"{'blf' if key.type == 'blf' else 'speed'} {key.value}"
        if key.type == "blf" and pickup:
            action += f"|{pickup}"
        if key.type == "park":
            report.add(
                f"funckeys.{key.position}.type", "the key dials the slot: it doesn't show whether it is taken"
            )
        chosen[index] = (key.line, key.label, action)
    most = max(facts["line_keys"], facts["line_keys_most"])
    return [(index, *chosen.get(str(index), ("active", "", "line"))) for index in range(most)]

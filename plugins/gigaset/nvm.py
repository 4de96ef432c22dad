"""
The Nx70 line: sets of servers ("providers"), and handsets that each have an account at one of them.
"""

from provd.pluginkit.family.lines import sip_lines

_NVM_TRANSPORTS = {"udp": 1, "tcp": 2, "tls": 3}
_NVM_DTMF = {"RTP-in-band": 1, "RTP-out-of-band": 2, "SIP-INFO": 4}


def nvm(raw_config, facts, report):
    lines = sip_lines(raw_config, facts["accounts"], report)
    subscribes = switch(raw_config.get("sip_subscribe_mwi"))
    providers, at = {}, {}
    for line in lines.values():
        provider = _provider(line, subscribes, failover(raw_config, line, report))
        key = tuple(provider.items())
        if key not in providers and len(providers) == facts["providers"]:
            report.add(f"sip_lines.{line.number}", f"the base has {facts['providers']} sets of servers")
            continue
        at[line.number] = providers.setdefault(key, {"number": len(providers), **provider})["number"]
    served = [line for line in lines.values() if line.number in at]
    pin = pins(served)
    return {
        "XX_providers": list(providers.values()),
        "XX_handsets": [
            {"id": f"{line.number:05}", "line": line, "provider": at[line.number], "pin": pin[line.number]}
            for line in served
        ],
    }


def _provider(line, subscribes, backup):
    registrar = endpoint(line.registrar, line.transport)
    return {
        "domain": registrar[0],
        "registrar": registrar,
        "proxy": endpoint(line.proxy or line.registrar, line.transport),
        "failover": endpoint(backup, line.transport),
        "outbound": endpoint(line.outbound_proxy, line.transport),
        "transport": _NVM_TRANSPORTS.get(line.transport, 1),
        "srtp": switch(line.srtp_mode != "disabled"),
        "accepts_rtp": switch(line.srtp_mode != "required"),
        "dtmf": _NVM_DTMF.get(line.dtmf_mode, 2),
        "mwi": subscribes,
    }

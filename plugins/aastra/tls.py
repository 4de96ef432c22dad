"""
SIP over TLS: the connection, and the phone's own certificate and key.
"""

import re

_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=]+)-----END \1-----", re.ASCII)
_WIDTH = 64
# Parameters, the files that they go to, and what phones call them.
_OWN = (
    ("sip_local_certificate", "{MAC}-certificate.pem", "local certificate"),
    ("sip_local_key", "{MAC}-key.pem", "private key"),
    ("sip_local_root_and_intermediate_certificates", "{MAC}-chain.pem", "root and intermediate certificates"),
)


def tls(raw_config, file_names, facts, report):
    uses_tls = raw_config.get("sip_transport") == "tls"
    contents, settings = {}, {}
    for parameter, file, name in _OWN:
        contents[file] = "" if parameter in facts["lacks"] else _pem(raw_config, parameter, report)
        if contents[file]:
            settings[name] = f"{raw_config['XX_server']['root']}{file_names.get(file)}"
    has_own = {"local certificate", "private key"} <= settings.keys()
    if uses_tls:
        _report_connections(raw_config, has_own, report)
    # One connection that stays, which needs no certificate of the phone's own, or one for each call.
    is_persistent = uses_tls and (len(_connections(raw_config)) <= 1 or not has_own)
    return {
        "XX_own_certificate": contents["{MAC}-certificate.pem"],
        "XX_own_key": contents["{MAC}-key.pem"],
        "XX_own_chain": contents["{MAC}-chain.pem"],
        "XX_own_files": settings,
        "XX_persistent_tls": int(is_persistent),
    }


def _report_connections(raw_config, has_own, report):
    if not raw_config.get("sip_servers_root_and_intermediate_certificates"):
        report.add("sip_transport", "the phone wants certificates of its servers for TLS, and there are none")
    first = next(iter(raw_config["XX_lines"].values()), None)
    for line in raw_config["XX_lines"].values():
        if not has_own and _next_hop(line) != _next_hop(first):
            report.add(
                f"sip_lines.{line.number}",
                "without a certificate of its own the phone keeps one TLS connection, that of the first line",
            )


def _connections(raw_config):
    return {_next_hop(line) for line in raw_config["XX_lines"].values()}


def _next_hop(line):
    return line.outbound_proxy or line.proxy or line.registrar


def _pem(raw_config, parameter, report):
    """
    Return a parameter's certificates or key as a file, whose lines were joined on the way here.
    """
    value = raw_config.get(parameter)
    texts = value if isinstance(value, list) else [value] if value else []
    blocks = []
    for index, each in enumerate(texts):
        match = _PEM.search(str(each))
        if match is None:
            report.add(f"{parameter}.{index}" if isinstance(value, list) else parameter, "isn't in PEM")
            continue
        kind, data = match.groups()
        lines = [data[at : at + _WIDTH] for at in range(0, len(data), _WIDTH)]
        blocks.append("\n".join((f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", "")))
    return "".join(blocks)

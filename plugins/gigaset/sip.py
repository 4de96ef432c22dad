"""
Lines, and what all kinds of files make of them alike.
"""

from provd.pluginkit.family.lines import set_by, with_port


def failover(raw_config, line, report):
    """
    Return the server that takes over for proxy and registrar at once, as phones have it; None if none does.
    """
    server = line.backup_registrar or line.backup_proxy
    if line.backup_proxy not in (None, server):
        where = set_by(raw_config, line, "backup_proxy_ip")
        report.add(where, "the phone has one backup server, which is the registrar's")
    return server


def report_backups(raw_config, lines, reason, report):
    for line in lines:
        for server, role in ((line.backup_registrar, "registrar"), (line.backup_proxy, "proxy")):
            name = f"backup_{role}_ip"
            if server and (
                raw_config["sip_lines"][str(line.number)].get(name) or raw_config.get(f"sip_{name}")
            ):
                report.add(set_by(raw_config, line, name), reason)


def endpoint(server, transport="udp"):
    """
    Return host and port, nothing of either if there is no server.
    """
    return ("", "") if server is None else with_port(server, transport)


def common_mode(raw_config, lines, name, report):
    """
    Return what a phone that has one setting for all lines gets: what the first line has.
    """
    first = next(iter(lines), None)
    mode = getattr(first, name, None)
    for line in lines:
        if getattr(line, name) != mode:
            report.add(
                set_by(raw_config, line, name), "the phone has one setting for all lines, as the first has it"
            )
    return mode


def pins(lines):
    """
    Return the PIN that registers each line's handset, by number: the end of its extension, each PIN once.
    """
    taken = {}
    for line in lines:
        digits = line.extension or line.username
        if digits.isascii() and digits.isdigit():
            pin = int(digits[-4:])
        else:
            pin = 0 if line.number == 1 else line.number
        while f"{pin:04}" in taken.values():
            pin = (pin + 1) % 10_000
        taken[line.number] = f"{pin:04}"
    return taken

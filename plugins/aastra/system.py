"""
Provisioning, clock, network, logs and the phone's own accounts.
"""

from urllib.parse import urlsplit

from provd.pluginkit.family.accounts import own_accounts
from provd.pluginkit.family.clock import LAST, clock, summer_time, whole_hour
from provd.pluginkit.family.network import dns_server, ntp_server, syslog, vlan

_PORTS = {"http": 80, "https": 443}
_UNTAGGED = 4095
_LOG_MASKS = {"critical": 1, "error": 3, "warning": 7, "info": 39, "debug": 65535}
_LOG_MODULES = (
    "linemgr",
    "user interface",
    "sip",
    "ept",
    "ind",
    "kbd",
    "net",
    "provis",
    "rtpt",
    "snd",
    "stun",
)
_DSCP = {"sip": 26, "rtp": 46, "rtcp": 46}
_HIGHEST_PASSWORD = 2**32 - 1
_NO_DST, _BY_RULES = 0, 3


def server(url):
    """
    Return a URL in the parts that the phone wants, and what the paths of other files begin with: they count
    from the server's root.
    """
    parts = urlsplit(url)
    path = parts.path.strip("/")
    return {
        "scheme": parts.scheme,
        "host": parts.hostname,
        "port": parts.port or _PORTS.get(parts.scheme, 80),
        "path": path,
        "root": f"{path}/" if path else "",
        "url": f"{url}/",
    }


def system(raw_config, facts, report):
    log = syslog(raw_config)
    network = vlan(raw_config, facts, report)
    return {
        "XX_clock": _clock(raw_config, report),
        "XX_ntp": ntp_server(raw_config),
        "XX_dns": dns_server(raw_config),
        "XX_vlan": network,
        "XX_pc_vlan": (network and network.pc_port_id) or _UNTAGGED,
        "XX_priority": _priority(raw_config, network),
        "XX_syslog": log,
        "XX_log_mask": _LOG_MASKS.get(log.level, 7) if log else None,
        "XX_log_modules": _LOG_MODULES,
        "XX_users": _users(raw_config, report),
    }


def _priority(raw_config, network):
    """
    Return the priority of what isn't IP, the mapping from DSCP, and the DSCP of what the phone sends.
    """
    if network is None or raw_config.get("vlan_priority") in (None, ""):
        return None
    mapped = "".join(f"({dscp},{network.priority})" for dscp in dict.fromkeys(_DSCP.values()))
    return {"other": network.priority, "map": mapped, "dscp": _DSCP}


def _clock(raw_config, report):
    zone = clock(raw_config, report)
    if zone is None:
        return None
    # The phone counts minutes west of UTC.
    result = {"minutes": -zone.utc_offset, "dst": _NO_DST, "summer": None}
    changes = summer_time(zone, report)
    if changes is None:
        return result
    if not 0 < zone.save <= 60:
        report.add("timezone", "the phone adds an hour at most: it has no summer time")
        return result
    start, end = changes
    summer = {
        "relative": int(bool(start.week)),
        "minutes": zone.save,
        "start": _change(start, report),
        "end": _change(end, report),
    }
    return {**result, "dst": _BY_RULES, "summer": summer}


def _change(change, report):
    """
    Return a change as the phone's settings: weeks count from 1, the last one is -1, and Sunday is day 1.
    """
    settings = {"month": change.month, "hour": whole_hour(change, report)}
    if not change.week:
        return {**settings, "day": change.day}
    return {**settings, "week": -1 if change.week == LAST else change.week, "day": change.weekday % 7 + 1}


def _users(raw_config, report):
    """
    Return the phone's own accounts, whose names can't be changed, by role.
    """
    users = {}
    for role, account in own_accounts(raw_config, report, {"admin": "admin", "user": "user"}).items():
        password = account.password
        if password.isascii() and password.isdigit() and int(password) <= _HIGHEST_PASSWORD:
            users[role] = account
        else:
            report.add(
                f"{role}_password", f"isn't a number up to {_HIGHEST_PASSWORD}: the phone has its factory one"
            )
    return users

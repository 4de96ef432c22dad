"""
Provisioning, clock, network, logs and the phone's own accounts.
"""

from urllib.parse import urlsplit

from provd.pluginkit.family.accounts import own_accounts
from provd.pluginkit.family.clock import clock
from provd.pluginkit.family.network import dns_server, ntp_server, syslog, vlan

# A little above those of the factory: a phone that goes by the version takes its first file for it, and
# that has it go by the digest.
_VERSION, _OLD_VERSION = "2.0000000001", "2.0003"
_PROTOCOLS = {"http": 4, "https": 5}
_SYSLOG_LEVELS = {"error": "ERROR", "warning": "WARNING", "info": "INFO", "debug": "DEBUG"}
_SYSLOG_HIGHEST = "ERROR"
_MIDNIGHT = 24 * 60


def provisioning(url, facts):
    """
    :param url: None to leave it to the phone where it looks for its files.
    """
    parts = urlsplit(url or "")
    return {
        "XX_version": _OLD_VERSION if facts["old"] else _VERSION,
        "XX_server": f"{parts.netloc}{parts.path}",
        "XX_server_protocol": _PROTOCOLS.get(parts.scheme, _PROTOCOLS["http"]),
    }


def system(raw_config, facts, report):
    return {
        "XX_clock": _clock(raw_config, facts, report),
        "XX_ntp": ntp_server(raw_config),
        "XX_dns": dns_server(raw_config),
        "XX_vlan": vlan(raw_config, facts, report),
        "XX_syslog": _syslog(raw_config, facts, report),
        "XX_users": _users(raw_config, report),
        "XX_menu_password": _menu_password(raw_config, report),
    }


def _clock(raw_config, facts, report):
    zone = clock(raw_config, report)
    if zone is None:
        return None
    if not facts["zones"]:
        report.add("timezone", "this phone numbers zones in a way that isn't known: it keeps its own")
        return None
    quarters, rest = divmod(zone.utc_offset, 15)
    if rest:
        report.add("timezone", "the phone counts quarters of an hour: its clock is some minutes slow")
    return {"quarters": quarters, "name": _name(15 * quarters), "summer": _summer(zone, report)}


def _name(minutes):
    """
    Return a difference to UTC as UTC+1, UTC-3:30 or UTC.
    """
    hours, more = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{more:02}" if more else "") if minutes else "UTC"


def _summer(zone, report):
    if zone.start is None:
        return None
    if not zone.start.week or not zone.end.week:
        report.add("timezone", "the phone has no rules by date: it has no summer time")
        return None
    return {
        "minutes": zone.save,
        "changes": {"Start": _change(zone.start, report), "End": _change(zone.end, report)},
    }


def _change(change, report):
    """
    Return month, week (5 is the last one), weekday (0 is Sunday), hour and minute.
    """
    if change.minutes == _MIDNIGHT:
        report.add("timezone", "the phone's clock changes a minute early, as its days end at 23:59")
    hour, minute = divmod(min(change.minutes, _MIDNIGHT - 1), 60)
    return {
        "Mon": change.month,
        "Week": change.week,
        "Wday": change.weekday % 7,
        "Hour": hour,
        "Min": minute,
    }


def _syslog(raw_config, facts, report):
    log = syslog(raw_config)
    if log is None:
        return None
    if facts["old"] and log.level != "warning":
        report.add("syslog_level", "this firmware has no such setting")
    elif log.level == "critical":
        report.add("syslog_level", "the phone's log begins with errors")
    return {"server": log.host, "port": log.port, "level": _SYSLOG_LEVELS.get(log.level, _SYSLOG_HIGHEST)}


def _users(raw_config, report):
    """
    Return (the phone's number for it, user name, password, level) of each account that is configured.
    """
    accounts = own_accounts(raw_config, report)
    return [
        (number, accounts[role].name or own_name, accounts[role].password, level)
        for number, role, own_name, level in ((1, "admin", "admin", 10), (2, "user", "guest", 5))
        if role in accounts
    ]


def _menu_password(raw_config, report):
    password = str(raw_config.get("admin_password") or "")
    if password.isascii() and password.isdigit():
        return password
    if password:
        report.add("admin_password", "the phone's own menu takes digits alone: it keeps its password")
    return None

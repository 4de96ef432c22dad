"""
Provisioning, clock, network, logs and the phone's own accounts.
"""

from provd.pluginkit.family.accounts import own_accounts
from provd.pluginkit.family.clock import clock, summer_time, whole_hour
from provd.pluginkit.family.network import dns_server, ntp_server, syslog, vlan
from provd.pluginkit.family.phones import dotted_numbers

_SYSLOG_LEVELS = {"critical": 2, "error": 3, "warning": 4, "info": 5, "debug": 6}
_SYSLOG_PORT = 514


def branch(version):
    """
    Return the numbers of a version that compare across hardware: 66.86.0.15 -> (86, 0, 15).  Special builds
    add hundreds (91.283.0.30 is of branch 83).
    """
    numbers = dotted_numbers(version)[1:]
    return (numbers[0] % 100, *numbers[1:]) if numbers else ()


def common_files(phones):
    """
    Return the numbers of the common files, each with the prefixes that its phones' branches call for.
    """
    prefixes = {}
    for model in phones.models:
        facts = phones.facts(model)
        for number in facts["common"] + facts["common_unsure"]:
            # A version begins with the hardware's number, which branch() drops.
            spelled = {phones.facts(model, f"0.{number}")["prefix"] for number in facts["branches"]}
            prefixes.setdefault(number, set()).update(spelled)
    return [(number, sorted(prefixes[number])) for number in sorted(prefixes)]


def provisioning(url, prefixes):
    return {"XX_provisioning_url": url and f"{url}/", "XX_prefixes": prefixes}


def system(raw_config, facts, report):
    return {
        "XX_clock": _clock(raw_config, facts, report),
        "XX_ntp": _ntp(raw_config, report),
        "XX_dns": dns_server(raw_config),
        "XX_vlan": vlan(raw_config, facts, report),
        "XX_syslog": _syslog(raw_config, facts, report),
        "XX_users": _users(raw_config, report),
    }


def _ntp(raw_config, report):
    if raw_config.get("ntp_enabled") is False:
        report.add("ntp_enabled", "the phone can't be kept from asking its factory server")
    return ntp_server(raw_config)


def _clock(raw_config, facts, report):
    zone = clock(raw_config, report)
    if zone is None:
        return None
    lowest, highest = (60 * hours for hours in facts["zone_hours"])
    if not lowest <= zone.utc_offset <= highest:
        report.add("timezone", "is out of this phone's range: it gets the nearest one")
    minutes = min(max(zone.utc_offset, lowest), highest)
    return {"offset": _offset(minutes), "summer": _summer(zone, report)}


def _offset(minutes):
    """
    Return a difference to UTC as +1, -3:30 or 0.
    """
    hours, minutes_more = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+" if minutes else ""
    return f"{sign}{hours}:{minutes_more:02}" if minutes_more else f"{sign}{hours}"


def _summer(zone, report):
    changes = summer_time(zone, report)
    if changes is None:
        return None
    start, end = changes
    return {
        "by_week": int(bool(start.week)),
        "start": _change(start, report),
        "end": _change(end, report),
        "minutes": zone.save,
    }


def _change(change, report):
    """
    Return month/week/weekday/hour (week 5 is the last one, weekday 1 is Monday), or month/day/hour in two
    digits each.
    """
    hour = whole_hour(change, report)
    if not change.week:
        return f"{change.month:02}/{change.day:02}/{hour:02}"
    return f"{change.month}/{change.week}/{change.weekday}/{hour}"


def _syslog(raw_config, facts, report):
    log = syslog(raw_config)
    if log is None:
        return None
    if "enable" not in facts["syslog"]:
        if log.port != _SYSLOG_PORT:
            report.add("syslog_port", "this firmware sends to port 514")
        if log.level != "warning":
            report.add("syslog_level", "this firmware has no such setting")
    return {"server": log.host, "port": log.port, "level": _SYSLOG_LEVELS.get(log.level, 4)}


def _users(raw_config, report):
    """
    Return (the phone's own name for it, user name, password) of each account that the configuration sets.
    """
    users = []
    for role, account in own_accounts(raw_config, report, is_trimming=True).items():
        if ":" in account.name:
            report.add(f"{role}_username", "the phone splits name and password at the first colon")
        else:
            users.append((role, account.name or role, account.password))
    return users

"""
Provisioning, clock, network, logs and the phone's own accounts.
"""

from provd.pluginkit.family.phones import dotted_numbers
from provd.tzinform import TimezoneNotFoundError, get_timezone_info, week_start_on_monday

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
        "XX_dns": or_null(raw_config.get("dns_ip")) if raw_config.get("dns_enabled") else None,
        "XX_vlan": _vlan(raw_config, facts, report),
        "XX_syslog": _syslog(raw_config, facts, report),
        "XX_users": _users(raw_config, report),
    }


def _ntp(raw_config, report):
    if raw_config.get("ntp_enabled"):
        return or_null(raw_config.get("ntp_ip"))
    if raw_config.get("ntp_enabled") is False:
        report.add("ntp_enabled", "the phone can't be kept from asking its factory server")
    return None


def _clock(raw_config, facts, report):
    name = raw_config.get("timezone")
    if not name:
        return None
    try:
        zone = get_timezone_info(name)
    except TimezoneNotFoundError:
        report.add("timezone", "isn't known: the phone keeps its own")
        return None
    minutes = zone["utcoffset"].as_minutes
    lowest, highest = (60 * hours for hours in facts["zone_hours"])
    if not lowest <= minutes <= highest:
        report.add("timezone", "is out of this phone's range: it gets the nearest one")
        minutes = min(max(minutes, lowest), highest)
    return {"offset": _offset(minutes), "summer": _summer(zone["dst"], report)}


def _offset(minutes):
    """
    Return a difference to UTC as +1, -3:30 or 0.
    """
    hours, minutes_more = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+" if minutes else ""
    return f"{sign}{hours}:{minutes_more:02}" if minutes_more else f"{sign}{hours}"


def _summer(dst, report):
    if dst is None:
        return None
    kinds = {dst["start"]["day"][0], dst["end"]["day"][0]}
    if len(kinds) == 2:
        report.add("timezone", "its rules mix days and weeks: the phone has no summer time")
        return None
    return {
        "by_week": int(kinds == {"W"}),
        "start": _change(dst["start"]),
        "end": _change(dst["end"]),
        "minutes": dst["save"].as_minutes,
    }


def _change(change):
    """
    Return month/week/weekday/hour (week 5 is the last one, weekday 1 is Monday), or month/day/hour in two
    digits each.
    """
    # 24:00 is written 23: a day later could be of another week.
    month, hour = change["month"], min(change["time"].as_hours, 23)
    kind, day = change["day"][0], change["day"][1:]
    if kind == "D":
        return f"{month:02}/{int(day):02}/{hour:02}"
    week, weekday = day.split(".")
    return f"{month}/{week}/{week_start_on_monday(int(weekday))}/{hour}"


def _vlan(raw_config, facts, report):
    vlan_id = raw_config.get("vlan_id")
    if not raw_config.get("vlan_enabled"):
        return None
    if not vlan_id or not 1 <= int(vlan_id) <= 4094:
        report.add("vlan_id", "the phone takes 1 to 4094: it doesn't tag")
        return None
    pc_port_id = None if "vlan_pc_port_id" in facts["lacks"] else raw_config.get("vlan_pc_port_id")
    return {"id": vlan_id, "priority": raw_config.get("vlan_priority") or 0, "pc_port_id": pc_port_id or None}


def _syslog(raw_config, facts, report):
    if not raw_config.get("syslog_enabled") or not raw_config.get("syslog_ip"):
        return None
    port, level = raw_config.get("syslog_port") or _SYSLOG_PORT, raw_config.get("syslog_level") or "warning"
    if "enable" not in facts["syslog"]:
        if int(port) != _SYSLOG_PORT:
            report.add("syslog_port", "this firmware sends to port 514")
        if level != "warning":
            report.add("syslog_level", "this firmware has no such setting")
    return {"server": or_null(raw_config["syslog_ip"]), "port": port, "level": _SYSLOG_LEVELS.get(level, 4)}


def _users(raw_config, report):
    """
    Return (the phone's own name for it, user name, password) of each account that the configuration sets.
    """
    users = []
    for role in ("admin", "user"):
        name = str(raw_config.get(f"{role}_username") or "").strip() or role
        password = str(raw_config.get(f"{role}_password") or "")
        if ":" in name:
            report.add(f"{role}_username", "the phone splits name and password at the first colon")
        elif password.strip():
            users.append((role, name, password.strip()))
            if password != password.strip():
                report.add(f"{role}_password", "the phone drops the blanks at its ends")
        elif raw_config.get(f"{role}_username"):
            report.add(f"{role}_username", "has no password: the phone keeps its own account")
    return users

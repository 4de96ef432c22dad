"""
Clock, network, logs and the phone's own accounts.
"""

from provd.pluginkit.family.accounts import own_accounts
from provd.pluginkit.family.clock import clock, summer_time
from provd.pluginkit.family.network import dns_server, ntp_server, syslog, vlan

_LOG_LEVELS = {"critical": 1, "error": 3, "warning": 5, "info": 7, "debug": 9}
_MIDNIGHT = 24 * 60


class Zones:
    """
    The entries of zones.yml, by name of the zone.
    """

    def __init__(self, data):
        summer_times = data.get("summer_times", {})
        self._entries = {
            zone: (code, (entry["offset"], summer_times[entry["summer"]]))
            for code, entry in data.get("entries", {}).items()
            for zone in entry["zones"]
        }
        data.check()

    def code(self, name, clock):
        """
        Return the phone's own name for a zone, None if it has none or keeps another clock under it.

        :param clock: (seconds ahead of UTC, summer time as in the setting ``dst``)
        """
        code, known = self._entries.get(name, (None, None))
        return code if known == clock else None


def system(raw_config, facts, zones, report):
    return {
        "XX_clock": None if "timezone" in facts["lacks"] else _clock(raw_config, zones, report),
        "XX_ntp": _ntp(raw_config, report),
        "XX_dns": _dns(raw_config, facts, report),
        "XX_vlan": vlan(raw_config, facts, report),
        "XX_syslog": _syslog(raw_config),
        **_accounts(raw_config, facts, report),
    }


def _ntp(raw_config, report):
    if raw_config.get("ntp_enabled") is False:
        report.add("ntp_enabled", "the phone can't be kept from asking its factory server")
    return ntp_server(raw_config) or ""


def _dns(raw_config, facts, report):
    server = dns_server(raw_config)
    if server and "dns_ip" not in facts["lacks"]:
        report.add("dns_ip", "servers that DHCP names come before it")
    return server or ""


def _clock(raw_config, zones, report):
    zone = clock(raw_config, report)
    if zone is None:
        return None
    seconds = 60 * zone.utc_offset
    summer = _summer(zone, report)
    return {"code": zones.code(zone.name, (seconds, summer)), "offset": seconds, "summer": summer}


def _summer(zone, report):
    """
    Return summer time as seconds, beginning, time, end and time; nothing if there is none.
    """
    changes = summer_time(zone, report)
    if changes is None:
        return ""
    start, end = changes
    return f"{60 * zone.save} {_change(start, report)} {_change(end, report)}"


def _change(change, report):
    """
    Return month.week.weekday (week 5 is the last one, weekday 1 is Monday) or day.month, and the time.
    """
    minutes = change.minutes
    if minutes == _MIDNIGHT:
        report.add("timezone", "the phone's clock changes a minute early, as it has no 24:00")
        minutes -= 1
    day = (change.month, change.week, change.weekday) if change.week else (change.day, change.month)
    return f"{'.'.join(f'{number:02}' for number in day)} {minutes // 60:02}:{minutes % 60:02}:00"


def _syslog(raw_config):
    log = syslog(raw_config)
    if log is None:
        return {"server": "", "level": ""}
    return {"server": log.address, "level": _LOG_LEVELS.get(log.level, _LOG_LEVELS["warning"])}


def _accounts(raw_config, facts, report):
    accounts = own_accounts(raw_config, report)
    menu_code = None
    if facts["form"] == "base":
        if "user" in accounts and not facts["three_roles"]:
            for name in ("user_username", "user_password"):
                report.add(name, "this firmware has no such account")
    elif "admin" in accounts:
        password = accounts["admin"].password
        if password.isascii() and password.isdigit():
            menu_code = password
        else:
            report.add("admin_password", "the phone's own menu takes digits alone: its code stays as it is")
    named = {role: account._replace(name=account.name or role) for role, account in accounts.items()}
    return {"XX_admin": named.get("admin"), "XX_user": named.get("user"), "XX_menu_code": menu_code}

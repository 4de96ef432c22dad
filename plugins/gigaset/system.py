"""
Clock, network and the phone's own accounts.
"""

import ipaddress
import re
from functools import cached_property

from provd.pluginkit.family.accounts import own_accounts
from provd.pluginkit.family.clock import LAST, Change, clock, summer_time
from provd.pluginkit.family.network import dns_server, ntp_server, syslog, vlan
from provd.pluginkit.family.reports import Report

_KEEPS = "the phone has no such clock on its list: it keeps its own"
_HOUR, _MIDNIGHT = 60, 24 * 60
_OTHER_COUNTRY = 0xFF
_LOG_LEVELS = {"critical": 1, "error": 3, "warning": 5, "info": 7, "debug": 9}
_PIN = re.compile(r"[0-9]{4}")


class Zones:
    """
    The tables of zones.yml.
    """

    def __init__(self, data):
        self._listed = data.get("listed", [])
        self._changed = data.get("changed", [])
        self.codes = data.get("codes", {})
        self.countries = data.get("countries", {})
        data.check()

    @cached_property
    def _by_clock(self):
        return {self._clock_of(name): name for name in reversed(self._listed)}

    def _clock_of(self, name):
        return clock({"timezone": name}, Report())[1:]

    def name_of(self, zone):
        """
        Return the name on the phone's list that has a zone's clock, None if there is none.
        """
        if zone.name in self._listed or zone.name in self._changed:
            return zone.name
        return self._by_clock.get(zone[1:])


def system(raw_config, facts, zones, report):
    form = facts["format"]
    network = vlan(raw_config, facts, report) if "vlan_id" not in facts["lacks"] else None
    return {
        "XX_clock": _CLOCKS[form](raw_config, facts, zones, report),
        "XX_ntp": _ntp(raw_config, form, report),
        "XX_dns": _DNS[form](raw_config, report) if form in _DNS else None,
        "XX_vlan": network,
        "XX_syslog": _syslog(raw_config),
        **_passwords(raw_config, facts, report),
    }


def _ntp(raw_config, form, report):
    if raw_config.get("ntp_enabled") is False and form != "maxwell":
        report.add("ntp_enabled", "the phone can't be kept from asking its own server")
    return ntp_server(raw_config)


def _symbol_clock(raw_config, facts, zones, report):
    """
    The base knows summer time as Europe has it.
    """
    zone = clock(raw_config, report)
    code = zone and zones.codes.get(zone.utc_offset)
    if code is None:
        if zone:
            report.add("timezone", _KEEPS)
        return None
    is_european = zone.start is not None and (zone.start, zone.end, zone.save) == _european(zone.utc_offset)
    if zone.start is not None and not is_european:
        report.add("timezone", "the base has summer time as in Europe or none: it gets none")
    country = zones.countries.get(zone.name, _OTHER_COUNTRY)
    return {"code": hex(code), "summer": switch(is_european), "country": hex(country)}


def _european(utc_offset):
    """
    Return beginning, end and minutes of summer time that changes at 01:00 UTC on the last Sundays of March
    and October.
    """
    at = _HOUR + utc_offset
    return Change(3, 7, LAST, 0, at), Change(10, 7, LAST, 0, at + _HOUR), _HOUR


def _listed_clock(raw_config, facts, zones, report):
    """
    Return the name of a zone on the phone's list, and its clock.
    """
    zone = clock(raw_config, report)
    name = zone and zones.name_of(zone)
    if name is None or (zone.utc_offset % _HOUR and not facts["half_hours"]):
        if zone:
            report.add("timezone", _KEEPS)
        return None
    hours = zone.utc_offset // _HOUR
    return {"name": name, "hours": f"{hours:+}", "summer": switch(zone.start is not None)}


def _rule_clock(raw_config, facts, zones, report):
    """
    Return seconds ahead of UTC, and summer time as seconds, beginning, time, end and time.
    """
    zone = clock(raw_config, report)
    if zone is None:
        return None
    changes = summer_time(zone, report)
    rules = [f"{60 * zone.save}", *(_rule(change, report) for change in changes)] if changes else []
    return {"offset": 60 * zone.utc_offset, "summer": " ".join(rules)}


def _rule(change, report):
    """
    Return month.week.weekday (week 5 is the last one, weekday 1 is Monday) or day.month, and the time.
    """
    day = f"{change.month:02}.{change.week:02}.{change.weekday:02}"
    if not change.week:
        day = f"{change.day:02}.{change.month:02}"
    if change.minutes == _MIDNIGHT:
        report.add("timezone", "the phone's clock changes a minute early, as it has no 24:00")
    hours, minutes = divmod(min(change.minutes, _MIDNIGHT - 1), _HOUR)
    return f"{day} {hours:02}:{minutes:02}:00"


_CLOCKS = {
    "symbols": _symbol_clock,
    "nvm": _listed_clock,
    "maxwell": _listed_clock,
    "settings": _rule_clock,
}


def _symbol_dns(raw_config, report):
    """
    Return an address as a number of eight digits, zero for that of the network.
    """
    server = dns_server(raw_config) or "0.0.0.0"
    try:
        return f"0x{int(ipaddress.IPv4Address(server)):08x}"
    except ValueError:
        report.add("dns_ip", "isn't an IPv4 address: the base asks the server of its network")
        return "0x00000000"


def _settings_dns(raw_config, report):
    server = dns_server(raw_config) or ""
    if server:
        report.add("dns_ip", "servers that DHCP names come before it")
    return server


_DNS = {"symbols": _symbol_dns, "settings": _settings_dns}


def _syslog(raw_config):
    log = syslog(raw_config)
    if log is None:
        return {"server": "", "level": ""}
    return {"server": log.address, "level": _LOG_LEVELS.get(log.level, _LOG_LEVELS["warning"])}


def _passwords(raw_config, facts, report):
    """
    Return the passwords of the phone's own accounts that the configuration sets, and the PIN of a base.
    """
    settable = {**raw_config, **dict.fromkeys(facts["lacks"])}
    fixed = None if facts["format"] == "settings" else {"admin": "admin", "user": "user"}
    accounts = own_accounts(settable, report, fixed)
    named = {role: account._replace(name=account.name or role) for role, account in accounts.items()}
    found = {"XX_admin": named.get("admin"), "XX_user": named.get("user"), "XX_pin": None}
    if "admin" in named and facts["format"] in ("symbols", "settings"):
        found["XX_pin"] = _pin(named["admin"].password, facts, report)
    return found


def _pin(password, facts, report):
    if facts["format"] == "settings":
        if password.isascii() and password.isdigit():
            return password
        report.add("admin_password", "the phone's own menu takes digits alone: its code stays as it is")
        return None
    if _PIN.fullmatch(password):
        return f"0x{password[:2]},0x{password[2:]}"
    report.add("admin_password", "the base has a PIN of four digits: it keeps its own")
    return None

"""
Provisioning, the phone's own accounts, language, clock, network, logs and certificates.
"""

import re
from ipaddress import AddressValueError, IPv4Address
from urllib.parse import urlsplit

from provd.pluginkit.family.accounts import own_accounts
from provd.pluginkit.family.clock import clock
from provd.pluginkit.family.network import dns_server, ntp_server, syslog, vlan
from provd.pluginkit.family.tables import by_language

_PROTOCOLS = {"tftp": 0, "http": 1, "https": 2}
_SYSLOG_LEVELS = {"critical": 4, "error": 4, "warning": 3, "info": 2, "debug": 1}
_PEM = re.compile(r"(-----BEGIN [A-Z ]+-----)([\sA-Za-z0-9+/=]+)(-----END [A-Z ]+-----)", re.ASCII)
_PEM_WIDTH = 64


def server(url):
    """
    Return protocol and path, which has no scheme, of a URL.
    """
    parts = urlsplit(url)
    return _PROTOCOLS.get(parts.scheme, 1), f"{parts.netloc}{parts.path}"


def provisioning(url, settings):
    if url:
        protocol, path = server(url)
        settings.put("config_protocol", protocol)
        settings.put("config_path", path)
    # So that the phone asks for its files by the names that they have here.
    for setting in ("config_prefix", "config_postfix", "firmware_prefix", "firmware_postfix"):
        settings.put(setting, "")


def system(raw_config, facts, settings, tables, report):
    _users(raw_config, settings, report)
    _language(raw_config, facts, settings, tables, report)
    _clock(raw_config, facts, settings, report)
    _dns(raw_config, settings, report)
    _vlan(raw_config, facts, settings, report)
    _syslog(raw_config, settings, report)
    for name, setting in (("sip_local_certificate", "sip_certificate"), ("sip_local_key", "sip_key")):
        if name not in facts["unknown"]:
            settings.put(setting, _pem(raw_config, name, report))


def _users(raw_config, settings, report):
    for role, account in own_accounts(raw_config, report, {"admin": "admin", "user": "user"}).items():
        settings.put(f"{role}_password", account.password)


def _language(raw_config, facts, settings, tables, report):
    locale = raw_config.get("locale")
    if not locale or "locale" in facts["unknown"]:
        return
    language = by_language(locale, tables.languages)
    if language is None:
        report.add("locale", "the phone has no such language: it keeps its own")
    else:
        settings.put("language", language)


def _clock(raw_config, facts, settings, report):
    settings.put("ntp_server", ntp_server(raw_config))
    settings.put("ntp_by_dhcp", 1 if raw_config.get("ntp_enabled") is None else 0)
    zone = None if "timezone" in facts["unknown"] else clock(raw_config, report)
    if zone is None:
        return
    rules = _zone_rules(zone, report)
    settings.put("zone", rules if settings.by_name else "customize")
    settings.put("own_zone", rules)
    settings.put("zone_by_dhcp", 0)


def _zone_rules(zone, report):
    """
    Return a zone as std offset [dst offset,start/time,end/time], offsets counting westward.
    """
    rules = f"STD{_offset(zone.utc_offset)}"
    if zone.start is None:
        return rules
    if not (zone.start.week and zone.end.week):
        report.add("timezone", "its rules go by dates: the phone has no summer time")
        return rules
    return f"{rules}DST{_offset(zone.utc_offset + zone.save)},{_change(zone.start)},{_change(zone.end)}"


def _offset(minutes):
    return f"{'-' if minutes > 0 else '+'}{_hours(abs(minutes))}"


def _change(change):
    return f"M{change.month}.{change.week}.{change.weekday % 7}/{_hours(change.minutes)}"


def _hours(minutes):
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}" if minutes else str(hours)


def _dns(raw_config, settings, report):
    octets = (0, 0, 0, 0)
    address = dns_server(raw_config)
    if address:
        try:
            octets = IPv4Address(address).packed
        except AddressValueError:
            report.add("dns_ip", "the phone takes an IPv4 address alone")
    for index, octet in enumerate(octets, start=1):
        settings.put(f"dns_{index}", octet)


def _vlan(raw_config, facts, settings, report):
    if "vlan_id" in facts["lacks"]:
        return
    tags = vlan(raw_config, facts, report)
    settings.put("vlan_id", tags.id if tags else 0)
    settings.put("vlan_priority", tags.priority if tags else 0)
    if "vlan_pc_port_id" not in facts["lacks"]:
        pc_port_id = tags.pc_port_id if tags else None
        settings.put("pc_port_vlan_id", pc_port_id or 0)
        settings.put("pc_port_vlan_priority", tags.priority if pc_port_id else 0)


def _syslog(raw_config, settings, report):
    log = syslog(raw_config)
    if log is None:
        settings.put("syslog_server", "")
        settings.put("syslog_level", 0)
        return
    settings.put("syslog_server", log.address)
    settings.put("syslog_level", _SYSLOG_LEVELS.get(log.level, 3))
    if log.level == "critical":
        report.add("syslog_level", "the phone has no such level: it gets that of errors")


def _pem(raw_config, name, report):
    """
    Return a certificate or key as lines again, which raw configs for templates don't have.
    """
    text = raw_config.get(name)
    if not text:
        return ""
    match = _PEM.search(str(text))
    if match is None:
        report.add(name, "isn't PEM")
        return ""
    begin, body, end = match.groups()
    body = "".join(body.split())
    lines = [body[i : i + _PEM_WIDTH] for i in range(0, len(body), _PEM_WIDTH)]
    return "\n".join([begin, *lines, end]) + "\n"

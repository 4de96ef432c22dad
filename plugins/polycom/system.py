"""
Provisioning, clock, network, logs, certificates and the phone's own accounts.
"""

from provd.pluginkit.family.accounts import own_accounts
from provd.pluginkit.family.clock import LAST, clock, summer_time, whole_hour
from provd.pluginkit.family.network import dns_server, ntp_server, syslog, vlan

_SYSLOG_LEVELS = {"critical": 5, "error": 4, "warning": 3, "info": 2, "debug": 1}
_SYSLOG_PORT = 514
_FIXED_NAMES = {"admin": "Polycom"}


def provisioning(url, facts):
    return {"url": f"{url}/", "type": url.partition(":")[0].upper() if facts["server_type"] else ""}


def system(raw_config, facts, report):
    accounts = own_accounts({**raw_config, "user_username": None}, report, _FIXED_NAMES)
    return {
        "XX_users": {role: accounts.get(role) for role in ("admin", "user")},
        "XX_clock": _clock(raw_config, report),
        "XX_ntp": _ntp(raw_config, report),
        "XX_dns": dns_server(raw_config) or "",
        "XX_vlan": vlan(raw_config, facts, report),
        "XX_syslog": _syslog(raw_config, report),
        "XX_certificate_count": _certificate_count(raw_config, facts, report),
    }


def _ntp(raw_config, report):
    if raw_config.get("ntp_enabled") is False:
        report.add("ntp_enabled", "the phone can't be kept from asking the server that DHCP names")
    return ntp_server(raw_config)


def _clock(raw_config, report):
    zone = clock(raw_config, report)
    return zone and {"offset": 60 * zone.utc_offset, "summer": _summer(zone, report)}


def _summer(zone, report):
    """
    Return when summer time starts and stops; None if there is none, or none that the phone knows.
    """
    changes = summer_time(zone, report)
    if changes is None:
        return None
    if zone.save != 60:
        report.add("timezone", "the phone knows a summer time of one hour alone: it has none")
        return None
    start, stop = changes
    settings = {"start": _change(start, report), "stop": _change(stop, report)}
    return {"by_date": int(not start.week), "changes": settings}


def _change(change, report):
    """
    The phone counts weekdays from Sunday, which is 1, and takes the first such day on or after a date.
    """
    return {
        "month": change.month,
        "date": change.day or 1,
        "hour": whole_hour(change, report),
        "weekday": change.weekday % 7 + 1,
        "last": int(change.week == LAST),
    }


def _syslog(raw_config, report):
    log = syslog(raw_config)
    if log is None:
        return None
    if log.port != _SYSLOG_PORT:
        report.add("syslog_port", f"the phone sends to port {_SYSLOG_PORT}")
    return {"server": log.host, "level": _SYSLOG_LEVELS.get(log.level, 3)}


def _certificate_count(raw_config, facts, report):
    name = "sip_servers_root_and_intermediate_certificates"
    wanted = len(raw_config.get(name) or [])
    if wanted and not facts["certificates"]:
        report.add(name, "are given to firmware from 4.0 on")
    elif wanted > facts["certificates"]:
        report.add(name, f"the phone takes {facts['certificates']}")
    return facts["certificates"]

"""
Provisioning, clock, network, logs and the phone's own accounts.
"""

from provd.pluginkit.family.accounts import own_accounts
from provd.pluginkit.family.clock import clock
from provd.pluginkit.family.network import dns_server, ntp_server, syslog, vlan

_LEVELS = {
    "critical": "CRITICAL",
    "error": "ERROR",
    "warning": "WARNING",
    "info": "INFO",
    "debug": "DEBUG",
}
_ACCOUNTS = {"admin": "admin", "user": "user"}
_HOUR, _DAY = 60, 24 * 60
# What the phone's list of zones has beside whole hours up to +13:00, in minutes east of UTC.
_NO_WHOLE_HOURS = (-210, 210, 270, 330, 345, 390, 570)
_LAST_HOUR = 13 * _HOUR


def profile_rule(url):
    """
    Return where the phone finds its own file; without a URL it is beside the file that tells it so.
    """
    return f"{url or ''}/$MA.xml"


def system(raw_config, facts, report):
    log = syslog(raw_config)
    return {
        "XX_clock": _clock(raw_config, report),
        "XX_ntp": ntp_server(raw_config) or "",
        "XX_dns": dns_server(raw_config) or "",
        "XX_vlan": vlan(raw_config, facts, report),
        "XX_syslog": f"{log.host}:{log.port}" if log else "",
        "XX_log_level": _LEVELS.get(log.level, "NOTICE") if log else "NOTICE",
        "XX_users": own_accounts(raw_config, report, _ACCOUNTS, is_trimming=True),
    }


def _clock(raw_config, report):
    zone = clock(raw_config, report)
    if zone is None:
        return None
    listed, further = _offset(zone.utc_offset)
    summer = None
    if zone.start is not None:
        start, end = _change(zone.start, report), _change(zone.end, report)
        summer = f"start={start};end={end};save={zone.save // _HOUR}:{zone.save % _HOUR}:0"
    return {"zone": listed, "further": further, "summer": summer}


def _offset(minutes):
    """
    Return a zone of the phone's list, and what its clock is set further by (HH/mm).
    """
    listed = minutes
    if minutes not in _NO_WHOLE_HOURS:
        listed = min(minutes - minutes % _HOUR, _LAST_HOUR)
    hours, rest = divmod(abs(listed), _HOUR)
    further = minutes - listed
    return (
        f"GMT{'-' if listed < 0 else '+'}{hours:02}:{rest:02}" if listed else "GMT",
        f"{further // _HOUR:02}/{further % _HOUR:02}" if further else "",
    )


def _change(change, report):
    """
    Return month/day/weekday/h:m:s: the first such weekday (1 is Monday) on or after the day, the last one of
    the month on day -1, the very day if the weekday is 0.
    """
    time = f"{change.minutes // _HOUR}:{change.minutes % _HOUR}:0"
    if change.minutes == _DAY:
        change, time = change.by_next_day() or change, "0:0:0"
        if change.minutes:
            report.add("timezone", "clocks change at the end of a day: the phone's does a second before")
            time = "23:59:59"
    return f"{change.month}/{change.day or -1}/{change.weekday}/{time}"

"""
The clock: most devices take rules, some a code for a zone whose rules they know themselves.
"""

from provd.pluginkit.family.clock import LAST, clock

_HOUR, _MIDNIGHT = 60, 24 * 60
_LOWEST, _HIGHEST = -12, 13


class ZoneCodes:
    """
    The codes of zones.yml, for devices whose clocks take no rules.
    """

    def __init__(self, data):
        summers = data.get("summers", {})
        self._codes = {
            kind: {
                (offset, _summer_of(summers[summer], offset) if summer else None): code
                for code, (offset, summer) in data.get(kind, {}).items()
            }
            for kind in ("router", "cucm")
        }
        data.check()

    def of(self, kind, zone):
        """
        Return the code of a zone; None if there is none whose clocks go as the zone's do.
        """
        summer = None if zone.start is None else (_day(zone.start), _day(zone.end), zone.save)
        return self._codes[kind].get((zone.utc_offset, summer))


def _summer_of(rule, offset):
    """
    Return a rule of summers as ``ZoneCodes.of`` spells that of a zone: some change everywhere at once, by the
    time of UTC, the others at the same local time.
    """
    start, end = (list(rule[side]) for side in ("start", "end"))
    if rule["utc"]:
        start[-1] += offset
        end[-1] += offset + rule["save"]
    return tuple(start), tuple(end), rule["save"]


def _day(change):
    return change.month, change.week, change.weekday, change.minutes


def clocks(raw_config, facts, zones, report):
    result = {"XX_clock": None, "XX_zone_code": None}
    zone = clock(raw_config, report)
    if zone is None:
        return result
    if facts["kind"] in ("router", "cucm"):
        result["XX_zone_code"] = zones.of(facts["kind"], zone)
        if result["XX_zone_code"] is None:
            report.add("timezone", "no code for such clocks is known: the device keeps its own")
        return result
    hours, minutes = divmod(zone.utc_offset, _HOUR)
    if hours > _HIGHEST and facts["time_offset"]:
        hours, minutes = _HIGHEST, minutes + (hours - _HIGHEST) * _HOUR
    if not _LOWEST <= hours <= _HIGHEST or (minutes and not facts["time_offset"]):
        report.add("timezone", "this device knows whole hours from -12 to +13: it gets the nearest below")
        hours, minutes = min(max(hours, _LOWEST), _HIGHEST), 0
    result["XX_clock"] = {
        "zone": f"GMT{hours:+03}:00" if hours else "GMT",
        "offset": f"{minutes // _HOUR:02}/{minutes % _HOUR:02}" if minutes else "",
        "summer": _rule(zone, report),
    }
    return result


def _rule(zone, report):
    """
    Return when clocks change as start=3/-1/7/2:0:0;end=10/-1/7/3:0:0;save=1:0:0, or nothing.
    """
    if zone.start is None:
        return ""
    start, end = (_change(change, report) for change in (zone.start, zone.end))
    return f"start={start};end={end};save={zone.save // _HOUR}:{zone.save % _HOUR}:0"


def _change(change, report):
    """
    Return month/day/weekday/time: the first such weekday on or after the day, the last one of the month with
    day -1, the very day with weekday 0.
    """
    change = change.by_next_day() or change
    day = -1 if change.week == LAST else change.day
    if change.minutes == _MIDNIGHT:
        report.add("timezone", "the phone's clock changes a second before midnight, as it knows no such time")
        time = "23:59:59"
    else:
        time = f"{change.minutes // _HOUR}:{change.minutes % _HOUR}:0"
    return f"{change.month}/{day}/{change.weekday}/{time}"

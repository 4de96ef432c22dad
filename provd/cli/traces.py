"""
Traces of phones' requests, as administrators read them.
"""

from __future__ import annotations

from typing import Any

from .tables import Column
from .when import shown_time

__all__ = ["COLUMNS", "WIDTHS", "told"]

Trace = dict[str, Any]


def _device(trace: Trace) -> str | None:
    if trace["candidate"]:
        return "candidate"
    device_id: str | None = trace["device_id"]
    return device_id and (trace["device_info"].get("mac") or device_id)


def _status_style(text: str) -> str:
    if text in ("ok", "-") or text.startswith("2"):
        return ""
    return "yellow" if text.startswith("3") else "red"


COLUMNS = (
    Column("id", is_right=True),
    Column("at", lambda trace: shown_time(trace["at"])),
    Column("protocol", is_spare=True),
    Column("client"),
    Column("request", is_long=True),
    Column("device", _device, is_long=True),
    Column("plugin", is_spare=True),
    Column("status", style=_status_style),
    Column("bytes", is_right=True, is_spare=True),
    Column("ms", lambda trace: f"{trace['milliseconds']:.1f}", is_right=True, is_spare=True),
    Column("user_agent", is_spare=True),
)

WIDTHS = (4, 19, 8, 13, 20, 17, 9, 6, 6, 7, 0)
"""Of the columns, where rows come one by one."""


def told(trace: Trace) -> dict[str, Any]:
    """
    Return the steps of one request, in the order in which they were done.
    """
    steps: dict[str, Any] = {
        "request": f"{trace['protocol']} {trace['request']}".strip(),
        "id": trace["id"],
        "at": shown_time(trace["at"]),
        "client": trace["client"],
        "user_agent": trace["user_agent"],
        "extractors said": {each["plugin"]: _info(each["device_info"]) for each in trace["extractors"]},
        "taken together": _info(trace["device_info"]),
    }
    if trace["candidate"]:
        steps["device"] = "none yet: nothing but an address is known (a candidate)"
    elif trace["device_id"] is None:
        steps["device"] = "none"
    else:
        steps["device"] = trace["device_id"]
    steps["found by"] = trace["retriever"]
    steps["changed"] = ", ".join(trace["changes"]) or None
    steps["answered by"] = trace["plugin"]
    steps["status"] = trace["status"]
    steps["bytes"] = trace["bytes"]
    steps["milliseconds"] = trace["milliseconds"]
    return {key: "none" if value is None else value for key, value in steps.items()}


def _info(info: dict[str, str]) -> str:
    return ", ".join(f"{key} {value}" for key, value in info.items()) or "nothing"

"""
The phone's own accounts, for its web page and its menu.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .reports import Report
from .values import trimmed

__all__ = ["OwnAccount", "own_accounts"]


class OwnAccount(NamedTuple):
    """
    One account that the configuration sets.
    """

    name: str
    """Empty if the configuration leaves it to the phone."""
    password: str


def own_accounts(
    raw_config: Mapping[str, Any],
    report: Report,
    fixed: Mapping[str, str] | None = None,
    is_trimming: bool = False,
) -> dict[str, OwnAccount]:
    """
    Return the accounts that a raw config gives a password, by role, ``"admin"`` or ``"user"``.  Without one
    the phone keeps its own, which is reported where there is a name for it.

    :param fixed: the name of each account that can't be called otherwise, which is reported.
    :param is_trimming: whether the phone drops the blanks at the ends of passwords.
    """
    accounts = {}
    for role in ("admin", "user"):
        name = str(raw_config.get(f"{role}_username") or "").strip()
        password = str(raw_config.get(f"{role}_password") or "")
        if is_trimming:
            password = trimmed(password, f"{role}_password", report)
        own_name = (fixed or {}).get(role)
        if own_name and name not in ("", own_name):
            report.add(f"{role}_username", f"is always {own_name} on this phone")
        elif name and not own_name and not password:
            report.add(f"{role}_username", "has no password: the phone keeps its own account")
        if password:
            accounts[role] = OwnAccount(own_name or name, password)
    return accounts

"""
The configuration of Kea's DHCPv4 server, 2.2 to 2.6 (Kea Administrator Reference Manual).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .rules import Rule, Text, shown
from .site import Site

__all__ = ["HOOKS", "kea"]

PHONES = "accent-phones"
HOOKS = "/usr/lib/{machine}-linux-gnu/kea/hooks"
"""Where Debian has Kea's libraries."""

_HEADER = """\
// Addresses and the URL of accent-provd for phones.  Kea: /etc/kea/kea-dhcp4.conf
// Made by: provd-cli dhcp config
"""
_HOOK = """\
// The hook tells accent-provd of leases.  Kea runs it as its own user, _kea, who must be in the group of
// accent-provd's socket (dhcp.group), doesn't wait for it and tells it no options: what phone it is, its MAC
// address must say, or its first request.
"""


def kea(site: Site, rules: Sequence[Rule], hooks: str) -> str:
    """
    Return ``kea-dhcp4.conf``.

    :param hooks: the folder of Kea's own hook libraries.
    """
    server: dict[str, Any] = {
        "interfaces-config": {"interfaces": [site.interface or "*"]},
        "lease-database": {"type": "memfile", "persist": True},
        "authoritative": True,
        "valid-lifetime": site.lease,
        "renew-timer": site.lease // 2,
        "rebind-timer": site.lease * 7 // 8,
        "client-classes": _classes(rules),
        "subnet4": [_subnet(site, rules)],
    }
    if not rules:
        del server["client-classes"]
    if site.hook is not None:
        server["hooks-libraries"] = [
            {
                "library": f"{hooks}/libdhcp_run_script.so",
                "parameters": {"name": site.hook, "sync": False},
            }
        ]
    header = _HEADER if site.hook is None else _HEADER + _HOOK
    return header + json.dumps({"Dhcp4": server}, indent=2) + "\n"


def _name(rule: Rule) -> str:
    return f"accent-{rule.name}"


def _classes(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """
    Return a class for each rule, of those phones that no rule before it has, and one of all phones.
    """
    classes: list[dict[str, Any]] = []
    former: list[str] = []
    for rule in rules:
        test = _test(rule)
        if former:
            test = f"({test}) and not ({_any(former)})"
        former.append(_name(rule))
        classes.append({"name": _name(rule), "test": test, **_whole_43(rule), "option-data": _options(rule)})
    if former:
        classes.append({"name": PHONES, "test": _any(former)})
    return classes


def _any(names: list[str]) -> str:
    return " or ".join(f"member('{name}')" for name in names)


def _test(rule: Rule) -> str:
    identifier = "option[60].hex"
    tests = [f"substring({identifier}, 0, {len(text)}) == {_text(text)}" for text in rule.begins]
    for text in rule.ends:
        size = len(text)
        # With a NUL behind it, or without.
        tests += [f"substring({identifier}, -{size + nul}, {size}) == {_text(text)}" for nul in (0, 1)]
    tests += [f"substring(pkt4.mac, 0, {len(prefix)}) == 0x{prefix.hex()}" for prefix in rule.prefixes]
    return " or ".join(tests)


def _text(text: str) -> str:
    # As bytes where an apostrophe would end it.
    return f"'{text}'" if "'" not in text else f"0x{text.encode('ascii').hex()}"


def _whole_43(rule: Rule) -> dict[str, Any]:
    # Else it is taken for suboptions.
    if not isinstance(rule.values.get(43), Text):
        return {}
    name = "vendor-encapsulated-options"
    return {"option-def": [{"name": name, "code": 43, "space": "dhcp4", "type": "binary"}]}


def _options(rule: Rule) -> list[dict[str, Any]]:
    # As bytes, which need no definition and no escapes; sent even to those that don't ask for it.
    return [
        {
            "comment": shown(value),
            "code": code,
            "space": "dhcp4",
            "csv-format": False,
            "data": value.octets().hex().upper(),
            "always-send": True,
        }
        for code, value in sorted(rule.values.items())
    ]


def _subnet(site: Site, rules: Sequence[Rule]) -> dict[str, Any]:
    options = [{"name": "routers", "data": str(site.router)}]
    if site.dns:
        options.append({"name": "domain-name-servers", "data": ", ".join(map(str, site.dns))})
    if site.domain:
        options.append({"name": "domain-name", "data": site.domain})
    if site.ntp:
        options.append({"name": "ntp-servers", "data": ", ".join(map(str, site.ntp))})
    pool: dict[str, Any] = {"pool": f"{site.first} - {site.last}"}
    if site.phones_only and rules:
        pool["client-class"] = PHONES
    return {"id": 1, "subnet": str(site.subnet), "option-data": options, "pools": [pool]}

"""
The configuration of dnsmasq 2.90 (dnsmasq(8)).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .rules import Addresses, Octets, Rule, Text, Value, shown
from .site import Site

__all__ = ["dnsmasq"]

PHONES = "accent-phones"


def dnsmasq(site: Site, rules: Sequence[Rule]) -> str:
    """
    Return a file for ``/etc/dnsmasq.d``.
    """
    lines = [
        "# Addresses and the URL of accent-provd for phones.  dnsmasq: /etc/dnsmasq.d/accent-provd.conf",
        "# Made by: provd-cli dhcp config",
        *_network(site),
        "",
        *(line for rule in rules for line in _marks(rule)),
        *_firsts(rules),
        *(line for rule in rules for line in _options(rule)),
    ]
    if site.phones_only:
        lines += ["# Whoever is no phone gets no address.", f"dhcp-ignore=tag:!{PHONES}", ""]
    if site.hook is not None:
        lines += [
            "# accent-provd is told of leases; dnsmasq runs the program as root and doesn't wait for it.",
            f"dhcp-script={site.hook}",
            "script-on-renewal",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _network(site: Site) -> Iterator[str]:
    yield "port=0                  # no DNS: leave this out if this dnsmasq answers names as well"
    if site.interface:
        yield f"interface={site.interface}"
        yield "bind-interfaces"
    yield "dhcp-authoritative"
    # It would try each new address for three seconds, one by one: a quarter of an hour for 300 phones.
    yield "no-ping"
    yield f"dhcp-range={site.first},{site.last},{site.subnet.netmask},{site.lease}"
    yield f"dhcp-option=option:router,{site.router}"
    # Without a value, dnsmasq would name itself.
    yield f"dhcp-option=option:dns-server{''.join(f',{server}' for server in site.dns)}"
    if site.domain:
        yield f"domain={site.domain}"
    if site.ntp:
        yield f"dhcp-option=option:ntp-server,{','.join(map(str, site.ntp))}"


def _seen(rule: Rule) -> str:
    return f"accent-seen-{rule.name}"


def _is(rule: Rule) -> str:
    return f"accent-{rule.name}"


def _marks(rule: Rule) -> Iterator[str]:
    yield f"# {rule.name}"
    for text in rule.begins:
        yield f"dhcp-match=set:{_seen(rule)},60,{text.encode('ascii').hex(':')}    # begins with {text}"
    for text in rule.ends:
        yield f'dhcp-vendorclass=set:{_seen(rule)},"{text}"'
    for prefix in rule.prefixes:
        yield f"dhcp-mac=set:{_seen(rule)},{prefix.hex(':')}{':*' * (6 - len(prefix))}"
    yield ""


def _firsts(rules: Sequence[Rule]) -> Iterator[str]:
    if rules:
        yield "# The first of these that fits counts."
    for rule in rules:
        yield f"tag-if=set:{_is(rule)},tag:{_seen(rule)},tag:!{PHONES}"
        yield f"tag-if=set:{PHONES},tag:{_is(rule)}"
    yield ""


def _options(rule: Rule) -> Iterator[str]:
    for code, value in sorted(rule.values.items()):
        comment = f"    # {shown(value)}" if isinstance(value, Octets) else ""
        # Sent even to those that don't ask for it.
        yield f"dhcp-option-force=tag:{_is(rule)},{code},{_value(value)}{comment}"
    yield ""


def _value(value: Value) -> str:
    if isinstance(value, Text):
        return f'"{value.text}"'
    return str(value.address) if isinstance(value, Addresses) else value.content.hex(":")

"""
The configuration of ISC dhcpd 4.4 (dhcpd.conf(5), dhcp-eval(5)).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .rules import Octets, Rule, Text, Value, codes_of, shown
from .site import Site

__all__ = ["isc"]

PHONES = "accent-phones"
# The options that dhcpd has a name for and everybody writes so; others are declared.
_NAMES = {43: "vendor-encapsulated-options", 66: "tftp-server-name"}


def isc(site: Site, rules: Sequence[Rule]) -> str:
    """
    Return ``dhcpd.conf``.
    """
    lines = [
        "# Addresses and the URL of accent-provd for phones.  Made by: provd-cli dhcp config",
        "# ISC dhcpd: this is /etc/dhcp/dhcpd.conf, and /etc/default/isc-dhcp-server has",
        f'# INTERFACESv4="{site.interface or "eth0"}".',
        "authoritative;",
        f"default-lease-time {site.lease};",
        f"max-lease-time {site.lease};",
        "",
        *_declarations(rules),
        *_phones(site, rules),
        f"subnet {site.subnet.network_address} netmask {site.subnet.netmask} {{",
        *(f"  {line}" if line else "" for line in _subnet(site, rules)),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _declarations(rules: Sequence[Rule]) -> Iterator[str]:
    others = [code for code in codes_of(rules) if code not in _NAMES]
    if others:
        yield "# Options that dhcpd has no name for."
        yield from (f"option {_name(code)} code {code} = string;" for code in others)
        yield ""


def _name(code: int) -> str:
    return _NAMES.get(code, f"accent-{code}")


def _phones(site: Site, rules: Sequence[Rule]) -> Iterator[str]:
    if not rules:
        return
    yield "# Phones of the plugins that are installed."
    yield f'class "{PHONES}" {{'
    yield "  match if " + "\n    or ".join(_condition(rule) for rule in rules) + ";"
    if site.hook is not None:
        yield from (f"  {line}" for line in _events(site.hook))
    yield "}"
    yield ""


def _events(hook: str) -> Iterator[str]:
    address = 'binary-to-ascii(10, 8, ".", leased-address)'
    # An option that the phone didn't send would make the whole statement do nothing, in silence.
    yield "# accent-provd is told; dhcpd waits for the program, which returns at once."
    yield "on commit {"
    yield f'  execute("{hook}", "isc", "commit",'
    yield f"    {address},"
    yield '    binary-to-ascii(16, 8, ":", substring(hardware, 1, 6)),'
    identifier = 'binary-to-ascii(16, 8, ".", option vendor-class-identifier)'
    yield f'    pick-first-value(concat("060.", {identifier}), ""));'
    yield "}"
    for event in ("release", "expiry"):
        yield f'on {event} {{ execute("{hook}", "isc", "{event}", {address}); }}'


def _condition(rule: Rule) -> str:
    identifier = "option vendor-class-identifier"
    tests = [f'substring({identifier}, 0, {len(text)}) = "{text}"' for text in rule.begins]
    for text in rule.ends:
        tests += [
            f'suffix({identifier}, {len(text)}) = "{text}"',
            f'suffix({identifier}, {len(text) + 1}) = "{text}\\000"',
        ]
    # The first byte of "hardware" is the kind of network: 1 is Ethernet.
    tests += [f"substring(hardware, 0, {len(prefix) + 1}) = 1:{_hex(prefix)}" for prefix in rule.prefixes]
    return f"({' or '.join(tests)})"


def _hex(octets: bytes) -> str:
    return ":".join(f"{octet:x}" for octet in octets)


def _subnet(site: Site, rules: Sequence[Rule]) -> Iterator[str]:
    yield f"option routers {site.router};"
    if site.dns:
        yield f"option domain-name-servers {', '.join(map(str, site.dns))};"
    if site.domain:
        yield f'option domain-name "{site.domain}";'
    if site.ntp:
        yield f"option ntp-servers {', '.join(map(str, site.ntp))};"
    yield "pool {"
    if site.phones_only and rules:
        yield f'  allow members of "{PHONES}";'
    yield f"  range {site.first} {site.last};"
    yield "}"
    for position, rule in enumerate(rules):
        yield f"{'} elsif' if position else 'if'} {_condition(rule)} {{"
        yield f"  # {rule.name}"
        for code, value in sorted(rule.values.items()):
            yield f"  option {_name(code)} {_value(value)};{_comment(value)}"
        codes = ", ".join(f"{code:x}" for code in sorted(rule.values))
        # Sent even to those that don't ask for it.
        asked = 'pick-first-value(option dhcp-parameter-request-list, "")'
        yield f"  option dhcp-parameter-request-list = concat({asked}, {codes});"
    if rules:
        yield "}"


def _value(value: Value) -> str:
    return f'"{value.text}"' if isinstance(value, Text) else _hex(value.octets())


def _comment(value: Value) -> str:
    return f" # {shown(value)}" if isinstance(value, Octets) else ""

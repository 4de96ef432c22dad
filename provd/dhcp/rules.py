"""
Which phones get which options, in the order in which a server must ask: the first rule that fits counts.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from provd.model.phoneclass import PhoneClass, PhoneOption

__all__ = ["Addresses", "Octets", "Rule", "Text", "Value", "rules_of"]

_LONGEST = 255


@dataclass(frozen=True)
class Text:
    """
    Printable ASCII without quotes and backslashes.
    """

    text: str

    def octets(self) -> bytes:
        return self.text.encode("ascii")


@dataclass(frozen=True)
class Addresses:
    """
    One IPv4 address.
    """

    address: ipaddress.IPv4Address

    def octets(self) -> bytes:
        return self.address.packed


@dataclass(frozen=True)
class Octets:
    """
    The suboptions of option 43, as they are sent.

    :param told: what they hold, for people.
    """

    content: bytes
    told: str

    def octets(self) -> bytes:
        return self.content


Value: TypeAlias = Text | Addresses | Octets


@dataclass(frozen=True)
class Rule:
    """
    Phones that are told from others by one kind of mark.

    :param name: of letters, digits and dashes; no two rules of a site have the same.
    :param begins, ends: of option 60; neither if it is told by its MAC address.
    :param prefixes: of MAC addresses, three to five bytes each.
    :param values: by code of the option.
    """

    name: str
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    prefixes: tuple[bytes, ...]
    values: dict[int, Value]


def rules_of(classes: Iterable[PhoneClass], url: str) -> list[Rule]:
    """
    Return the rules of classes: what option 60 says goes before what a MAC address says, the longer text or
    prefix before the shorter, since vendors sell phones whose addresses are another's.

    :param url: the base URL of the server, without a slash at its end.
    :raises ValueError: naming the class and option that can't have its value.
    """
    known: list[Rule] = []
    by_address: list[Rule] = []
    for each in classes:
        values = _values(each, url)
        if each.option_60 or each.option_60_ends:
            known.append(Rule(each.name, each.option_60, each.option_60_ends, (), values))
        if each.mac_prefixes:
            prefixes = tuple(sorted(bytes.fromhex(prefix.replace(":", "")) for prefix in each.mac_prefixes))
            by_address.append(Rule(f"{each.name}-mac", (), (), prefixes, values))
    known.sort(key=lambda rule: (-max(map(len, rule.begins + rule.ends)), rule.name))
    by_address.sort(key=lambda rule: (-max(map(len, rule.prefixes)), rule.name))
    return known + by_address


def _values(each: PhoneClass, url: str) -> dict[int, Value]:
    values: dict[int, Value] = {}
    suboptions: list[PhoneOption] = []
    for option in each.options:
        if option.suboption is None:
            values[option.code] = _value(each, option, url)
        else:
            suboptions.append(option)
    if suboptions:
        values[43] = _encapsulated(each, suboptions, url)
    for code, value in values.items():
        if len(value.octets()) > _LONGEST:
            raise ValueError(
                f"the URL is too long: option {code} of {each.name} has room for {_LONGEST} bytes"
            )
    return values


def _value(each: PhoneClass, option: PhoneOption, url: str) -> Value:
    if option.value == "url":
        return Text(f"{url}/{option.path}")
    host = urlsplit(url).hostname or ""
    if option.value == "host":
        return Text(host)
    try:
        return Addresses(ipaddress.IPv4Address(host))
    except ValueError:
        raise ValueError(
            f"option {option.code} of {each.name} is an address, which {host} isn't: tell it by --provd"
        ) from None


def _encapsulated(each: PhoneClass, options: list[PhoneOption], url: str) -> Octets:
    """
    Return suboptions as code, length and value (RFC 2132, 8.4).
    """
    pieces = [(option.suboption or 0, _value(each, option, url)) for option in options]
    for code, value in pieces:
        if len(value.octets()) > _LONGEST:
            raise ValueError(f"suboption {code} of {each.name} would be longer than {_LONGEST} bytes")
    content = b"".join(bytes([code, len(value.octets())]) + value.octets() for code, value in pieces)
    return Octets(content, ", ".join(f"{code} = {shown(value)}" for code, value in pieces))


def shown(value: Value) -> str:
    """
    Return a value for people.
    """
    if isinstance(value, Text):
        return value.text
    return str(value.address) if isinstance(value, Addresses) else value.told


def codes_of(rules: Iterable[Rule]) -> Iterator[int]:
    """
    Yield the codes of all options that rules set, each once, in order.
    """
    yield from sorted({code for rule in rules for code in rule.values})

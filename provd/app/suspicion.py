"""
Which requests of phones are more likely those of somebody who tries addresses of phones, one after the other.

Phones that boot for the first time, 300 behind one address, look much like that.  What they don't do: ask for
the file of another phone, or call themselves ``curl``.  Whoever imitates phones perfectly is told by their
number alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from provd.identification.remembered import Remembered
from provd.identification.trace import Trace
from provd.model.device import Device

__all__ = ["MOST_PHONES", "Suspicion"]

#: Phones that are new at an address in an hour, from which on each more counts.
MOST_PHONES = 500
_HOUR = 3600.0
# Addresses with new phones that are remembered.
_CROWDS = 256

# Not those that begin with zeros, of files for all phones.
_MAC = re.compile(r"(?<![0-9a-f])(?!000000|f{12})[0-9a-f]{12}(?![0-9a-f])")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]")
# Programs that no phone calls itself, although an Android phone is "Dalvik" or "okhttp".
_PROGRAM = re.compile(
    r"(?:Mozilla/5\.|Opera|curl|Wget|HTTPie|python|aiohttp|Go-http-client|libwww-perl|Ruby|PHP|axios|node|undici"
    r"|Postman|Nmap|zgrab|masscan|nikto|sqlmap|gobuster|feroxbuster|Fuzz|ffuf|Wfuzz|DirBuster|WhatWeb|Nuclei)",
    re.ASCII | re.IGNORECASE,
)

Tell = Callable[[str, str, str], object]


class Suspicion:
    """
    :param tell: is given an address, what it tried (the same for the same try), and the name of the file.
    :param seconds: tells the time.
    :param behind_nat: returns whether phones share addresses, and one may come from another's.
    """

    def __init__(self, tell: Tell, seconds: Callable[[], float], behind_nat: Callable[[], bool]) -> None:
        self._tell = tell
        self._seconds = seconds
        self._behind_nat = behind_nat
        self._crowds: Remembered[str, _Crowd] = Remembered(_CROWDS)

    def http(
        self,
        client: str,
        name: str,
        device: Device | None,
        trace: Trace,
        is_sensitive: bool,
    ) -> None:
        """
        A phone's file was asked for over HTTP.

        :param device: as it is by now; None if it isn't on record, or another tenant's.
        :param is_sensitive: whether its plugin calls the file sensitive.
        """
        if is_sensitive and device is not None and is_of_another(name, device.get("mac")):
            self._tell(client, f"another's {name}", name)
        elif not _is_at_home(device, client, trace):
            self._newcomer(client, name, device, trace)

    def tftp(self, client: str, name: str, device: Device | None, trace: Trace) -> None:
        """
        The same over TFTP, which tells nothing but a name; to be called when the phone has acknowledged, as
        the address of its request may be forged.
        """
        if not _is_at_home(device, client, trace):
            self._newcomer(client, name, device, trace)

    def _newcomer(self, client: str, name: str, device: Device | None, trace: Trace) -> None:
        told, agent = trace.device_info, trace.user_agent
        identity = told.get("mac") or told.get("sn") or told.get("uuid")
        if not identity:
            return
        if agent and _PROGRAM.match(agent) and not says_phone(agent, told):
            self._tell(client, f"program {name}", name)
            return
        is_known = device is not None and trace.retriever != "add"
        if is_known and not trace.moved:
            return
        if is_known and not self._behind_nat() and not says_phone(agent, told):
            self._tell(client, f"elsewhere {identity}", name)
        elif self._crowd(client).is_too_large_for(identity):
            self._tell(client, f"crowd {identity}", name)

    def _crowd(self, client: str) -> _Crowd:
        now = self._seconds()
        crowd = self._crowds.get(client)
        if crowd is None or now >= crowd.until:
            self._crowds.put(client, crowd := _Crowd(now + _HOUR))
        return crowd


class _Crowd:
    """
    The phones that were new at an address in an hour.
    """

    def __init__(self, until: float) -> None:
        self.until = until
        self._phones: set[int] = set()

    def is_too_large_for(self, identity: str) -> bool:
        phone = hash(identity)
        if phone in self._phones:
            return False
        if len(self._phones) >= MOST_PHONES:
            return True
        self._phones.add(phone)
        return False


def _is_at_home(device: Device | None, client: str, trace: Trace) -> bool:
    return device is not None and not trace.changes and device.get("ip") == client


def is_of_another(name: str, mac: str | None) -> bool:
    """
    Tell whether a file's name has a MAC address in it, and not that of the phone.  Some adapters ask for the
    file of their second line, whose address is theirs, moved by two digits.

    :param mac: normalized; None if it isn't known, and then nothing can be told.
    """
    if mac is None:
        return False
    lower, own = name.lower(), mac.replace(":", "")
    if own in lower:
        return False
    return own[2:] not in lower and _MAC.search(lower) is not None


def says_phone(agent: str | None, told: Mapping[str, Any]) -> bool:
    """
    Tell whether a User-Agent names the make, the model or the MAC address of the phone that it was taken for.
    """
    if not agent:
        return False
    said = _squeezed(agent)
    return any(text in said for key in ("vendor", "model", "mac") if (text := _squeezed(told.get(key) or "")))


def _squeezed(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", text.lower())

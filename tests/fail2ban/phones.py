"""
Phones of several makes on their first boot: what they ask for, one file after the other.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["BOOTS", "Boot", "boot", "get"]


class Boot(NamedTuple):
    """
    :ivar prefix: of MAC addresses.
    :ivar agent, files: with ``{number}``; with ``{mac}``, ``{MAC}``, ``{colons}`` and ``{dashes}`` for the
        phone's address, and ``{short}`` for that without its first two digits.
    """

    prefix: str
    agent: str | None
    files: tuple[str, ...]


BOOTS = {
    "yealink": Boot(
        "001565",
        "Yealink SIP-T46S 66.86.0.15 {colons}",
        ("y000000000066.cfg", "{mac}.cfg", "{mac}-local.cfg"),
    ),
    "snom": Boot(
        "000413",
        "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12-00004-g9ba52f5 {MAC} SXM:0 UXM:0)",
        ("snomD785.htm", "snomD785-{MAC}.htm", "snomD785-firmware.htm", "snomD785-{MAC}-firmware.htm"),
    ),
    "old snom": Boot(
        "000413",
        "Mozilla/4.0 (compatible; snom320-SIP 8.4.35 1.1.3-n)",
        ("snom320.htm", "snom320-{MAC}.htm", "snom320-firmware.htm?mac={MAC}"),
    ),
    "polycom": Boot(
        "0004f2",
        "FileTransport PolycomVVX-VVX_400-UA/5.9.5.0614 Type/Application",
        (
            "{mac}.cfg",
            "000000000000.cfg",
            "{mac}-phone.cfg",
            "{mac}-web.cfg",
            "{mac}-license.cfg",
            "000000000000-license.cfg",
            "{mac}-directory.xml",
            "000000000000-directory.xml",
        ),
    ),
    "grandstream": Boot(
        "c074ad",
        "Grandstream Model HW GRP2614 SW 1.0.5.15 DevId {mac}",
        ("cfg{mac}", "cfg{mac}.xml", "cfggrp2614.xml", "cfg.xml"),
    ),
    "grandstream with Android": Boot("c074ad", "Dalvik/2.1.0 (Linux; U; Android 7)", ("cfg{mac}.xml",)),
    "fanvil": Boot("0c383e", "Fanvil X4 2.10.2.6887 {mac}", ("f0X4hw1.100.cfg", "{mac}.cfg")),
    "cisco-spa": Boot("8843e1", "Cisco/SPA504G-7.4.9c ({MAC})(CCQ{number:08})", ("spa504G.cfg", "{mac}.xml")),
    "adapter": Boot("8843e1", None, ("ATA{MAC}.cnf.xml", "ATA{short}01.cnf.xml")),
    "cisco-mpp": Boot("d0ec35", "Cisco-CP-8851-3PCC/12.0.7 ({MAC})", ("8851-3PCC.xml", "{mac}.xml")),
    "aastra": Boot("00085d", "Aastra57i MAC:{dashes} V:2.6.0.1008-SIP", ("aastra.cfg", "{MAC}.cfg")),
    "gigaset": Boot("7c2f80", "N510 IP PRO/42.258.00.000.000;{MAC}", ("42/2/master.bin", "device/{MAC}.xml")),
    "unsupported": Boot("080023", "Panasonic_KX-HDV130/02.300 ({mac})", ("Config{mac}.cfg",)),
    "unsupported, without User-Agent": Boot("002155", None, ("SEP{MAC}.cnf.xml", "XMLDefault.cnf.xml")),
}


def boot(port: int, client: str, kind: Boot, number: int) -> Iterator[int]:
    """
    Have the phone of that number ask for its files, and return the answers' statuses.

    :param client: the phone's address, by the word of a proxy.
    """
    mac = f"{kind.prefix}{number:06x}"
    pairs = [mac.upper()[i : i + 2] for i in range(0, 12, 2)]
    words: dict[str, Any] = {
        "number": number,
        "mac": mac,
        "MAC": mac.upper(),
        "short": mac.upper()[2:],
        "colons": ":".join(pairs).lower(),
        "dashes": "-".join(pairs),
    }
    agent = None if kind.agent is None else kind.agent.format(**words)
    for file in kind.files:
        yield get(port, client, file.format(**words), agent)[0]


def get(port: int, client: str, path: str, agent: str | None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"X-Forwarded-For": client} | ({} if agent is None else {"User-Agent": agent})
    connection.request("GET", f"/{path}", headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body

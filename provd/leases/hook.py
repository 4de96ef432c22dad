#!/bin/sh
""":"
# For the shell, which is there in a millisecond: dhcpd waits for its program, so the interpreter starts
# behind its back, and leaves the processor to it when a whole site boots.  Other servers don't wait.
case "$1" in
    isc | commit | release | expiry)
        nice -n 19 /usr/bin/python3 -IS "$0" "$@" < /dev/null > /dev/null 2>&1 &
        ;;
    *)
        exec /usr/bin/python3 -IS "$0" "$@"
        ;;
esac
exit 0

``accent-provd-dhcp-hook``: a DHCP server calls it for each lease; it tells the daemon and returns at once.

The way it is called tells the server:

* ISC dhcpd: ``isc commit ADDRESS MAC OPTION...``, ``isc release ADDRESS``, ``isc expiry ADDRESS``, or these
  without ``isc``.  An option is its number in three digits and its bytes in hexadecimal, with zeros in front
  or without, joined by ``.``, ``:``, ``-`` or nothing: ``060.79.6``, ``06079:06``, ``0607906``; an empty
  one is none.
* Kea (``libdhcp_run_script.so``): the name of the hook point, and variables.
* dnsmasq (``dhcp-script``): ``add``, ``old`` or ``del``, then MAC and address, and variables.

Anything else is none of the daemon's business.  Whatever happens, a DHCP server gets the status 0 and no
word.  ``--verbose`` in front tells a person what is sent; and why it can't be, with the status 1.

One datagram tells of one lease: lines of UTF-8, ``commit``, address, MAC address and one line for each option
(``06079.6``), or ``release`` or ``expiry`` and the address; 2048 bytes at most.  If the socket has no room, a
child waits for some, and nobody for the child.  If nobody listens, or too many wait, the news is lost: the
phone's first request and the next renewal bring it again.

What clients chose, such as options, is data and nothing else.  Only what the interpreter has in itself is
imported, as a DHCP server may wait for the end: the module ``socket`` would double the time.
"""

import os
import sys
from _socket import AF_UNIX, SOCK_DGRAM, socket

SOCKET = "/run/accent-provd/dhcp.sock"
"""Where the daemon listens.  ``PROVD_DHCP_SOCKET`` names another place, but Kea hands no environment on."""

LARGEST = 2048
"""Bytes of a datagram."""

PATIENCE = 10
"""Seconds that a child waits for room."""

MOST_WAITING = 100
"""Children that wait at the same time, 4 MB each: a daemon that hangs mustn't cost the machine its memory."""

_COMMIT, _RELEASE, _EXPIRY = "commit", "release", "expiry"
_KEA_ENDS = {"lease4_release": _RELEASE, "lease4_decline": _RELEASE, "lease4_expire": _EXPIRY}
_DNSMASQ = {"add": _COMMIT, "old": _COMMIT, "del": _EXPIRY}
_ADDRESS, _HEX, _SEPARATORS = frozenset("0123456789."), frozenset("0123456789abcdefABCDEF"), ":.- "
_MAC = _HEX | frozenset(":-")
_MOST_LEASES = 1000
_NAME = "provd-dhcp-wait"  # of processes, at most 15 bytes


def main(arguments: list[str], environment: dict[str, str]) -> int:
    """
    Tell the daemon what a DHCP server says; return the status to end with.
    """
    is_verbose = arguments[:1] == ["--verbose"]
    path = environment.get("PROVD_DHCP_SOCKET") or SOCKET
    try:
        datagrams = news(arguments[is_verbose:], environment)
        deliver(datagrams, path)
    except Exception as error:
        return _say(f"{path}: {error}", 1) if is_verbose else 0
    if is_verbose:
        told = [datagram.decode().replace("\n", " ") for datagram in datagrams]
        return _say("\n".join(told), 0) if told else _say("nothing to tell", 1)
    return 0


def _say(text: str, status: int) -> int:
    stream = sys.stderr if status else sys.stdout
    stream.write(text + "\n")
    stream.flush()
    return status


def news(arguments: list[str], environment: dict[str, str]) -> list[bytes]:
    """
    Return the datagrams to send, one for each lease that a call is about.
    """
    first, *others = arguments or [""]
    if first == "isc":
        return _told(*others)
    if first in (_COMMIT, _RELEASE, _EXPIRY):
        return _told(*arguments)
    if first.startswith("lease"):
        return _kea(first, environment)
    if first in _DNSMASQ and len(others) > 1:
        mac, address = others[:2]
        return _told(_DNSMASQ[first], address, mac, *_dnsmasq_options(environment))
    return []


def _told(operation: str = "", address: str = "", mac: str = "", *options: str) -> list[bytes]:
    """
    Return the datagram about one lease, in a list; an empty one if there is nothing to tell.

    Options that can't be read, or for which there is no room, are left out.
    """
    if not address or len(address) > 15 or not _ADDRESS.issuperset(address):
        return []
    lines = [operation, address]
    if operation == _COMMIT:
        if not mac or len(mac) > 17 or not _MAC.issuperset(mac):
            return []
        lines.append(mac)
        room = LARGEST - len("\n".join(lines))
        for option in map(dotted, options):
            if option and len(option) < room:
                lines.append(option)
                room -= len(option) + 1
    elif operation not in (_RELEASE, _EXPIRY):
        return []
    return ["\n".join(lines).encode()]


def dotted(option: str) -> str:
    """
    Return an option, in whatever spelling, as the daemon reads it: ``06079.65``; nothing if it is none.
    """
    code, value = option[:3], option[3:].strip(_SEPARATORS)
    if len(code) != 3 or not (code.isascii() and code.isdigit()) or int(code) > 255 or not value:
        return ""
    for separator in _SEPARATORS:
        value = value.replace(separator, ".")
    octets = value.split(".")
    if len(octets) == 1 and len(value) % 2 == 0:
        octets = [value[i : i + 2] for i in range(0, len(value), 2)]
    if not all(0 < len(octet) < 3 and _HEX.issuperset(octet) for octet in octets):
        return ""
    return code + ".".join(octets)


def _option(code: int, value: bytes) -> str:
    return f"{code:03}{value.hex()}"


def _kea(point: str, environment: dict[str, str]) -> list[bytes]:
    if point in _KEA_ENDS:
        return _told(_KEA_ENDS[point], environment.get("LEASE4_ADDRESS", ""))
    # Kea itself exports no option; a hook library of others (kea-hook-runscript) does.
    vendor = environment.get("KEA_QUERY4_OPTION60")
    options = [_option(60, os.fsencode(vendor))] if vendor else []
    if point == "lease4_renew":
        lease = (environment.get(f"LEASE4_{name}", "") for name in ("ADDRESS", "HWADDR"))
        return _told(_COMMIT, *lease, *options)
    if point != "leases4_committed":
        return []
    found: list[bytes] = []
    for prefix, operation in (("DELETED_LEASES4", _RELEASE), ("LEASES4", _COMMIT)):
        size = environment.get(f"{prefix}_SIZE", "")
        for number in range(min(int(size), _MOST_LEASES) if size.isdecimal() else 0):
            lease = (environment.get(f"{prefix}_AT{number}_{name}", "") for name in ("ADDRESS", "HWADDR"))
            found += _told(operation, *lease, *options)
    return found


def _dnsmasq_options(environment: dict[str, str]) -> list[str]:
    options = []
    vendor = os.fsencode(environment.get("DNSMASQ_VENDOR_CLASS", ""))
    options.append(_option(60, vendor))
    # RFC 3004: each class behind its length.
    classes = b""
    number = 0
    while name := os.fsencode(environment.get(f"DNSMASQ_USER_CLASS{number}", "")):
        classes += bytes([min(len(name), 255)]) + name[:255]
        number += 1
    options.append(_option(77, classes))
    asked = environment.get("DNSMASQ_REQUESTED_OPTIONS", "").split(",")
    options.append(_option(55, bytes(int(code) for code in asked if code.isdecimal() and int(code) < 256)))
    return options


def deliver(datagrams: list[bytes], path: str) -> None:
    """
    Send what there is room for; what is left, a child sends.

    :raises OSError: if nobody listens.
    """
    if not datagrams:
        return
    sender = socket(AF_UNIX, SOCK_DGRAM)
    sender.setblocking(False)
    sender.connect(path)
    for number, datagram in enumerate(datagrams):
        try:
            sender.send(datagram)
        except BlockingIOError:
            if os.fork() == 0:
                _wait_for_room(sender, datagrams[number:])
            return


def _wait_for_room(sender: socket, datagrams: list[bytes]) -> None:
    """
    Send datagrams as a process of its own, and end.
    """
    try:
        os.nice(10)  # after whoever gives out addresses
        with open("/proc/self/comm", "w") as file:
            file.write(_NAME)
        if _namesakes() > MOST_WAITING:
            return
        import signal

        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])
        signal.alarm(PATIENCE)
        os.setsid()
        # dnsmasq reads what its script says until the last process that could say something is gone.
        own = sender.fileno()
        os.closerange(0, own)
        os.closerange(own + 1, 1024)
        sender.setblocking(True)
        for datagram in datagrams:
            sender.send(datagram)
    finally:
        os._exit(0)


def _namesakes() -> int:
    """
    Return how many processes that can be seen wait for room, this one included.
    """
    count = 0
    for process in os.listdir("/proc"):
        try:
            count += process.isdigit() and _name(process) == _NAME
        except OSError:  # it has just ended
            continue
    return count


def _name(process: str) -> str:
    with open(f"/proc/{process}/comm") as file:
        return file.read().strip()


if __name__ == "__main__":
    # Without the interpreter's tidying up, and whatever the server has closed of its own.
    os._exit(main(sys.argv[1:], dict(os.environ)))

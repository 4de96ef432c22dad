"""
The program that DHCP servers call: as a module, and as they call it.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.leases import hook
from provd.leases.hook import LARGEST, dotted, news

PROGRAM = Path(hook.__file__).with_name("accent-provd-dhcp-hook")
MAC = "0:15:65:aa:b:1"


def told(*arguments: str, **environment: str) -> list[list[str]]:
    """
    Return the lines of each datagram.
    """
    return [datagram.decode().split("\n") for datagram in news(list(arguments), environment)]


@pytest.mark.parametrize(
    "option",
    ["06079.65.6", "060.79.65.6", "06079:65:6", "060:79-65-06", "060 79 65 06", "060796506", "060.79.65.06."],
)
def test_every_spelling_of_an_option_is_the_same_one(option: str) -> None:
    code, octets = dotted(option)[:3], dotted(option)[3:].split(".")
    assert (code, [int(octet, 16) for octet in octets]) == ("060", [0x79, 0x65, 6])


@pytest.mark.parametrize(
    "option",
    [
        "",
        "060",
        "060.",
        "60",
        "060zz",
        "256aa",
        "06079656",
        "06079..65",
        "060yealink",
        "\u066060aa",
        "060+1.2",
        "060\n1",
    ],
)
def test_what_is_no_option_is_left_out(option: str) -> None:
    assert told("isc", "commit", "192.0.2.7", MAC, option, "0551") == [["commit", "192.0.2.7", MAC, "0551"]]


@pytest.mark.parametrize("first", [["isc"], []])
def test_isc_tells_of_commits_and_ends(first: list[str]) -> None:
    commit = ["commit", "192.0.2.7", MAC]
    assert told(*first, *commit, "06079.65", "") == [[*commit, "06079.65"]]
    assert told(*first, *commit) == [commit]
    for end in ("release", "expiry"):
        assert told(*first, end, "192.0.2.7") == [[end, "192.0.2.7"]]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["isc"],
        ["isc", "commit"],
        ["isc", "other", "192.0.2.7"],
        ["isc", "commit", "192.0.2.7"],
        ["isc", "commit", "192.0.2.7", ""],
        ["isc", "commit", "192.0.2.7\ncommit", MAC],
        ["isc", "commit", "192.0.2.7", MAC + "\n060aa"],
        ["isc", "commit", "1" * 16, MAC],
        ["init"],
        ["tftp", "1024", "192.0.2.7", "/srv/a"],
        ["arp-add", MAC, "192.0.2.7"],
        ["add", MAC],
        ["lease4_recover"],
        ["lease6_renew"],
        ["leases4_committed"],
    ],
)
def test_what_is_no_news_is_passed_over(arguments: list[str]) -> None:
    assert told(*arguments, LEASE4_ADDRESS="192.0.2.7", LEASE4_HWADDR=MAC) == []


def test_options_beyond_the_size_of_a_datagram_are_left_out() -> None:
    long = "ff" * 255
    (datagram,) = news(
        ["isc", "commit", "192.0.2.7", MAC, *("060" + long, "077" + long, "055" + long, "012aa")], {}
    )
    assert len(datagram) <= LARGEST
    assert [line[:3] for line in datagram.decode().split("\n")[3:]] == ["060", "077", "012"]


def test_kea_tells_of_several_leases_in_one_call() -> None:
    environment = {
        "LEASES4_SIZE": "2",
        "LEASES4_AT0_ADDRESS": "192.0.2.7",
        "LEASES4_AT0_HWADDR": "00:15:65:aa:0b:01",
        "LEASES4_AT1_ADDRESS": "192.0.2.8",
        "LEASES4_AT1_HWADDR": "00:15:65:aa:0b:02",
        "DELETED_LEASES4_SIZE": "1",
        "DELETED_LEASES4_AT0_ADDRESS": "192.0.2.6",
        "DELETED_LEASES4_AT0_HWADDR": "00:15:65:aa:0b:01",
    }
    assert told("leases4_committed", **environment) == [
        ["release", "192.0.2.6"],
        ["commit", "192.0.2.7", "00:15:65:aa:0b:01"],
        ["commit", "192.0.2.8", "00:15:65:aa:0b:02"],
    ]


def test_kea_tells_of_one_lease() -> None:
    lease = {"LEASE4_ADDRESS": "192.0.2.7", "LEASE4_HWADDR": "00:15:65:aa:0b:01"}
    assert told("lease4_renew", **lease) == [["commit", "192.0.2.7", "00:15:65:aa:0b:01"]]
    assert told("lease4_expire", **lease) == [["expiry", "192.0.2.7"]]
    assert told("lease4_release", **lease) == told("lease4_decline", **lease) == [["release", "192.0.2.7"]]


def test_kea_may_tell_the_vendor_class_through_another_library() -> None:
    lease = {"LEASE4_ADDRESS": "192.0.2.7", "LEASE4_HWADDR": MAC, "KEA_QUERY4_OPTION60": "yea"}
    assert told("lease4_renew", **lease) == [["commit", "192.0.2.7", MAC, "06079.65.61"]]


@pytest.mark.parametrize("size", ["", "0", "-1", "x", "1e3"])
def test_kea_may_tell_of_no_lease(size: str) -> None:
    assert told("leases4_committed", LEASES4_SIZE=size, LEASES4_AT0_ADDRESS="192.0.2.7") == []


def test_dnsmasq_tells_what_the_phone_sent() -> None:
    environment = {
        "DNSMASQ_VENDOR_CLASS": "yea\udcff",  # as Python shows a byte that isn't UTF-8
        "DNSMASQ_REQUESTED_OPTIONS": "1,66,255",
        "DNSMASQ_USER_CLASS0": "ab",
        "DNSMASQ_USER_CLASS1": "c",
    }
    assert told("add", MAC, "192.0.2.7", "phone", **environment) == [
        ["commit", "192.0.2.7", MAC, "06079.65.61.ff", "07702.61.62.01.63", "05501.42.ff"]
    ]


def test_dnsmasq_at_its_start_tells_no_options() -> None:
    assert told("old", MAC, "192.0.2.7", DNSMASQ_DATA_MISSING="1") == [["commit", "192.0.2.7", MAC]]
    assert told("del", MAC, "192.0.2.7", "phone") == [["expiry", "192.0.2.7"]]


@given(
    st.lists(st.text(), max_size=6),
    st.dictionaries(
        st.sampled_from(
            ["LEASE4_ADDRESS", "LEASE4_HWADDR", "LEASES4_SIZE", "DNSMASQ_VENDOR_CLASS", "KEA_QUERY4_OPTION60"]
        ),
        st.text(),
    ),
)
def test_no_client_adds_a_line(arguments: list[str], environment: dict[str, str]) -> None:
    fixed = ["isc", "commit", "192.0.2.7", MAC]
    for lines in told(*fixed, *arguments, **environment):
        assert lines[:3] == ["commit", "192.0.2.7", MAC]
        assert len(lines) <= 3 + len(arguments)
        assert all(dotted(line) == line for line in lines[3:])


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "dhcp.sock"))
        listening.settimeout(20)
        yield listening


def run(where: Path, *arguments: str, program: Path = PROGRAM) -> subprocess.CompletedProcess[str]:
    environment = {"PROVD_DHCP_SOCKET": str(where / "dhcp.sock")}
    return subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, timeout=20)


def silent(result: subprocess.CompletedProcess[str]) -> bool:
    return (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_the_program_tells_who_listens(tmp_path: Path, listening: socket.socket) -> None:
    assert silent(run(tmp_path, "isc", "commit", "192.0.2.7", MAC, "060.79"))
    assert listening.recv(LARGEST).decode() == f"commit\n192.0.2.7\n{MAC}\n06079"
    assert silent(run(tmp_path, "tftp", "1", "192.0.2.7", "/srv/a"))


def test_a_server_may_have_closed_its_standard_streams(tmp_path: Path, listening: socket.socket) -> None:
    closed = ["-c", f'exec {PROGRAM} "$@" <&- >&- 2>&-', "sh", "isc", "release", "192.0.2.7"]
    assert silent(run(tmp_path, *closed, program=Path("/bin/sh")))
    assert listening.recv(LARGEST) == b"release\n192.0.2.7"


def filled(where: Path) -> int:
    """
    Fill the kernel's queue, which holds ``net.unix.max_dgram_qlen`` datagrams and one; return how many.
    """
    room = int(Path("/proc/sys/net/unix/max_dgram_qlen").read_text()) + 1
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler:
        for _ in range(room):
            filler.sendto(b"x", str(where / "dhcp.sock"))
    return room


def test_what_there_is_no_room_for_waits_and_the_dhcp_server_does_not(
    tmp_path: Path, listening: socket.socket
) -> None:
    room = filled(tmp_path)
    calls = [f"192.0.2.{number}" for number in range(10)]
    for address in calls:
        # Its output ends too, for which dnsmasq waits.
        assert silent(run(tmp_path, "isc", "release", address))
    assert [listening.recv(LARGEST) for _ in range(room)] == [b"x"] * room
    waited = {listening.recv(LARGEST).decode().partition("\n")[2] for _ in calls}
    assert waited == set(calls)


def test_no_more_than_so_many_wait(
    tmp_path: Path, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = filled(tmp_path)
    children: list[int] = []
    fork = os.fork
    monkeypatch.setattr(os, "fork", lambda: children.append(fork()) or children[-1])  # type: ignore[func-returns-value]
    monkeypatch.setattr(hook, "MOST_WAITING", 0)
    hook.deliver([b"too many"], str(tmp_path / "dhcp.sock"))
    assert os.waitpid(children[0], 0) == (children[0], 0)
    monkeypatch.undo()
    assert silent(run(tmp_path, "isc", "release", "192.0.2.7"))
    said = [listening.recv(LARGEST) for _ in range(room + 1)]
    assert said[room:] == [b"release\n192.0.2.7"]


def test_a_dhcp_server_hears_nothing_of_an_absent_daemon(tmp_path: Path) -> None:
    for absent in ("nobody", "dead"):
        if absent == "dead":
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
                dead.bind(str(tmp_path / "dhcp.sock"))
        assert silent(run(tmp_path, "isc", "commit", "192.0.2.7", MAC))


def test_a_person_is_told(tmp_path: Path, listening: socket.socket) -> None:
    shown = run(tmp_path, "--verbose", "isc", "release", "192.0.2.7")
    assert (shown.returncode, shown.stdout) == (0, "release 192.0.2.7\n")
    shown = run(tmp_path, "--verbose", "isc", "commit", "192.0.2.7", "no-mac")
    assert (shown.returncode, shown.stderr) == (1, "nothing to tell\n")
    os.unlink(tmp_path / "dhcp.sock")
    shown = run(tmp_path, "--verbose", "isc", "release", "192.0.2.7")
    assert shown.returncode == 1
    assert shown.stderr.startswith(f"{tmp_path / 'dhcp.sock'}: ")
    assert "No such file" in shown.stderr


def test_it_is_installed_as_it_is() -> None:
    # pip gives commands its own first line, without the options that halve the time of a start.
    setup = (Path(__file__).parents[2] / "setup.cfg").read_text()
    assert f"    provd/leases/{PROGRAM.name}\n" in setup
    assert PROGRAM.resolve() == Path(hook.__file__).resolve()
    assert os.access(PROGRAM, os.X_OK)
    assert PROGRAM.read_text().startswith("#!/bin/sh\n")

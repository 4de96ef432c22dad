"""
Codes dialed on phones into a real Asterisk that has what ``provd-cli asterisk config`` prints for the daemon.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.asterisk.office import Office, Phone
from tests.asterisk.running import need_asterisk
from tests.support import need_program

CODE = "480193"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    need_asterisk()
    need_program("sipp", "sip-tester")
    office = Office(tmp_path_factory.mktemp("office"))
    try:
        office.start()
        yield office
    finally:
        office.stop()


def test_asterisk_takes_what_is_printed_for_it(office: Office) -> None:
    assert office.pbx is not None
    name = office.account["username"]
    endpoint = office.pbx.console(f"pjsip show endpoint {name}")
    for line in ("Endpoint:", f"InAuth:  {name}/{name}", f"Aor:  {name}", "context", "accent-provd"):
        assert line in endpoint, endpoint
    assert office.account["password"] in office.pbx.console(f"pjsip show auth {name}")
    plan = office.pbx.console("dialplan show accent-provd-ask")
    assert f"agi://127.0.0.1:{office.agi}/provision," in plan
    assert "ACCENT_PROV_RESET_PASSWORD" in office.pbx.console("dialplan show *73@users")
    with socket.create_connection(("127.0.0.1", office.ami), timeout=10) as connection:
        connection.sendall(b"Action: Login\r\nUsername: provd\r\nSecret: s3cret;s\r\nEvents: off\r\n\r\n")
        heard = b""
        while b"accepted" not in heard:
            heard += (received := connection.recv(4096))
            assert received, heard
    problems = [line for line in office.pbx.log().splitlines() if "ERROR" in line or "WARNING" in line]
    assert not problems, "\n".join(problems)


def test_nobody_can_call_as_the_endpoint_that_has_no_password(office: Office) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        caller.bind(("127.0.0.1", 0))
        caller.settimeout(10)
        port = caller.getsockname()[1]
        caller.sendto(
            f"INVITE sip:000000@127.0.0.1:{office.sip} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKstranger\r\n"
            "Max-Forwards: 70\r\n"
            "From: <sip:default_outbound_endpoint@127.0.0.1>;tag=stranger\r\n"
            "To: <sip:000000@127.0.0.1>\r\n"
            "Call-ID: stranger\r\nCSeq: 1 INVITE\r\n"
            f"Contact: <sip:127.0.0.1:{port}>\r\nContent-Length: 0\r\n\r\n".encode(),
            ("127.0.0.1", office.sip),
        )
        assert caller.recv(4096).startswith(b"SIP/2.0 401 ")


def test_of_two_phones_behind_one_address_the_one_that_dials_becomes_the_users(office: Office) -> None:
    office.rest.call("PUT", "/configure/NAT", {"param": {"value": 1}})
    one, two = (Phone(office, number, "127.0.0.1", tells_mac=True) for number in (1, 2))
    for phone in (one, two):
        assert office.account["username"].encode() in phone.boots()
    office.add_user(CODE)
    # As a phone that nobody knows might dial: arguments of its own for what the dialplan asks.
    assert two.dials("000000%5C,192.0.2.9%5C,other%22", office.account) == "SAID=/unknown-code"
    assert two.dials(f"{CODE}%23", office.account) == "SAID=1/"
    assert two.device["config"] == "user"
    assert str(one.device["config"]).startswith("autoprov")
    assert office.line["username"].encode() in two.boots()

    assert two.dials("back", office.line) == "SAID=1/"
    assert office.account["username"].encode() in two.boots()
    assert CODE not in "".join(office.daemon.said)

from __future__ import annotations

from typing import Any

import pytest

from provd.identification.requests import (
    RequestType,
    asked_path,
    base_name,
    client_address,
    file_path,
    user_agent,
)
from provd.testing.phones import HTTPRequest, dhcp_request, tftp_request

HTTP, TFTP, DHCP = RequestType


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (b"/001565aa0b1c.cfg", "001565aa0b1c.cfg"),
        (b"/a/b/c.cfg?mac=1", "c.cfg"),
        (b"/a/", ""),
        (b"/", ""),
        (b"/a%2Fsecret.cfg", "secret.cfg"),
        (b"/%e9.cfg", "�.cfg"),
        (b"/caf%C3%A9.cfg", "café.cfg"),
        (b"/100%.cfg", "100%.cfg"),
    ],
)
def test_the_bare_name_is_what_the_file_system_would_see(path: bytes, name: str) -> None:
    assert base_name(HTTPRequest(path), HTTP) == name


def test_path_of_a_file_is_the_same_over_both_protocols() -> None:
    assert file_path(HTTPRequest(b"//a%20b/c.cfg?mac=1"), HTTP) == "a b/c.cfg"
    for name in (b"/a b/c.cfg", b"a b/c.cfg"):
        assert file_path(tftp_request(name), TFTP) == "a b/c.cfg"
    assert file_path(dhcp_request("192.0.2.1", "00:15:65:aa:0b:1c"), DHCP) == ""


def test_names_over_tftp_are_not_percent_decoded() -> None:
    assert base_name(tftp_request(b"a/%41.cfg"), TFTP) == "%41.cfg"
    assert base_name(dhcp_request("192.0.2.1", "00:15:65:aa:0b:1c"), DHCP) == ""


@pytest.mark.parametrize("raw", [b"/\xff\xfe", b"/" + b"x" * 5000, "/é".encode() * 300])
def test_what_a_stranger_chose_is_shown_as_short_text(raw: bytes) -> None:
    for shown in (
        asked_path(HTTPRequest(raw), HTTP),
        asked_path(tftp_request(raw), TFTP),
        user_agent(HTTPRequest(b"/", raw), HTTP),
    ):
        assert isinstance(shown, str)
        assert len(shown) <= 1200
        assert "�" not in shown


def test_the_query_is_not_shown() -> None:
    assert asked_path(HTTPRequest(b"/x.cfg?password=s3cret"), HTTP) == "/x.cfg"
    assert asked_path(dhcp_request("192.0.2.1", "00:15:65:aa:0b:1c"), DHCP) == ""


def test_no_user_agent_is_not_an_empty_one() -> None:
    assert user_agent(HTTPRequest(), HTTP) is None
    assert user_agent(HTTPRequest(b"/", b""), HTTP) == ""
    assert user_agent(tftp_request(b"x"), TFTP) is None


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (HTTPRequest(address="192.0.2.9"), HTTP),
        (tftp_request(b"x", "192.0.2.9"), TFTP),
        (dhcp_request("192.0.2.9", "00:15:65:aa:0b:1c"), DHCP),
    ],
)
def test_every_kind_of_request_has_an_address(request_: Any, kind: RequestType) -> None:
    assert client_address(request_, kind) == "192.0.2.9"

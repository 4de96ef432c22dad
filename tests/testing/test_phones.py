from __future__ import annotations

import importlib

import pytest

import provd.plugins
from provd.testing import install_aliases
from provd.testing.phones import CAPTURED, HTTPRequest, captured, dhcp_request, tftp_request


def test_a_request_looks_as_plugins_know_it() -> None:
    request = HTTPRequest(b"/a/b%20c.cfg?mac=1&mac=2&x=", b"agent", headers={b"accept": b"text/plain"})
    assert (request.method, request.uri) == (b"GET", b"/a/b%20c.cfg?mac=1&mac=2&x=")
    assert request.path == b"/a/b%20c.cfg"
    assert request.args == {b"mac": [b"1", b"2"], b"x": [b""]}
    assert request.args.get(b"missing", [None])[0] is None
    assert request.args["mac"] == [b"1", b"2"]
    assert request.postpath == [b"a", b"b c.cfg"]
    assert request.getHeader(b"User-Agent") == b"agent"
    assert request.getHeader("user-agent") == "agent"
    assert request.getHeader(b"Accept") == b"text/plain"
    assert request.getHeader(b"host") is None
    assert request.getHeader("host") is None
    assert request.getClientIP() == "192.0.2.17"
    assert (request.prov_dev, request.tenant_uuid, request.num_http_proxies) == (None, None, 0)


def test_a_query_is_taken_apart_as_twisted_web_does() -> None:
    assert HTTPRequest(b"/?a=1;b=%ff+&c&d=").args == {b"a": [b"1"], b"b": [b"\xff "], b"d": [b""]}


def test_a_header_that_is_asked_for_by_text_must_be_utf_8() -> None:
    assert HTTPRequest(agent="é".encode()).getHeader("User-Agent") == "é"
    with pytest.raises(UnicodeDecodeError):
        HTTPRequest(agent=b"\xe9").getHeader("User-Agent")


def test_a_form_is_among_the_arguments() -> None:
    request = HTTPRequest(b"/?a=1", method=b"POST", form=b"a=2&b=3")
    assert request.args == {b"a": [b"1", b"2"], b"b": [b"3"]}


@pytest.mark.parametrize("name", CAPTURED)
def test_captured_requests(name: str) -> None:
    path, agent = CAPTURED[name]
    request = captured(name, "192.0.2.5")
    assert (request.uri, request.getHeader(b"user-agent")) == (path, agent)
    assert request.getClientIP() == "192.0.2.5"


def test_other_protocols() -> None:
    request = tftp_request(b"x.cfg", "192.0.2.5")
    assert (request["address"], request["packet"]["filename"]) == (("192.0.2.5", 49152), b"x.cfg")
    assert request["packet"]["opcode"] == b"\0\x01"
    assert dhcp_request("192.0.2.5", "m")["options"] == {}
    assert dhcp_request("192.0.2.5", "m", "Acme")["options"] == {60: "Acme"}


def test_plugins_find_provd_under_its_other_names() -> None:
    install_aliases()
    assert importlib.import_module("accent_provd.plugins") is provd.plugins

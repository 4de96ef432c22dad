from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.app.phoneurls import PhoneURLs

OWN = {"192.0.2.1", "198.51.100.1", "2001:db8::1", "127.0.0.1", "127.0.0.2", "::1"}


def phone_urls(advertised: str | None = None, port: int = 8667) -> PhoneURLs:
    return PhoneURLs(advertised, port, lambda: "192.0.2.1", OWN.__contains__)


def test_the_settings_win() -> None:
    urls = phone_urls("https://provd.example.org/phones")
    urls.saw("d1", "http://198.51.100.1:8667")
    assert urls.base_url() == urls.base_url("d1") == "https://provd.example.org/phones"


def test_without_settings_each_phone_has_the_url_that_it_came_by_last() -> None:
    urls = phone_urls()
    urls.saw("d1", "http://198.51.100.1:8667")
    urls.saw("d1", None)
    assert urls.base_url("d1") == "http://198.51.100.1:8667"
    urls.saw("d1", "http://[2001:db8::1]:8667")
    assert urls.base_url("d1") == "http://[2001:db8::1]:8667"


@pytest.mark.parametrize("device_id", [None, "never seen"])
def test_common_files_and_phones_not_seen_yet_have_the_machines_own(device_id: str | None) -> None:
    urls = phone_urls()
    urls.saw("d1", "http://198.51.100.1:8667")
    assert urls.base_url(device_id) == "http://192.0.2.1:8667"


def test_a_usual_port_is_left_out() -> None:
    assert phone_urls(port=80).base_url() == "http://192.0.2.1"


@pytest.mark.parametrize(
    ("local", "host", "url"),
    [
        ("198.51.100.1", None, "http://198.51.100.1:8667"),
        ("198.51.100.1", "", "http://198.51.100.1:8667"),
        ("198.51.100.1", "provd.example.org", "http://198.51.100.1:8667"),
        ("198.51.100.1", "192.0.2.1", "http://192.0.2.1:8667"),
        ("198.51.100.1", "192.0.2.1:80", "http://192.0.2.1:8667"),
        ("198.51.100.1", "[2001:DB8::1]:8667", "http://[2001:db8::1]:8667"),
        ("198.51.100.1", "203.0.113.1:8667", "http://198.51.100.1:8667"),
        ("198.51.100.1", "127.0.0.1:8667", "http://198.51.100.1:8667"),
        ("198.51.100.1", "[::1]:8667", "http://198.51.100.1:8667"),
        ("127.0.0.1", "127.0.0.2:8667", "http://127.0.0.2:8667"),
        ("127.0.0.1", "192.0.2.1:8667", "http://192.0.2.1:8667"),
        ("::ffff:198.51.100.1", None, "http://198.51.100.1:8667"),
        ("2001:db8::1", None, "http://[2001:db8::1]:8667"),
        (None, "192.0.2.1", "http://192.0.2.1:8667"),
        (None, "provd.example.org", None),
        ("/run/provd.sock", None, None),
    ],
)
def test_the_url_of_a_direct_request(local: str | None, host: str | None, url: str | None) -> None:
    assert phone_urls().reached(local, host, proxied=False, secure=False) == url


@pytest.mark.parametrize(
    ("host", "secure", "url"),
    [
        ("198.51.100.1", False, "http://198.51.100.1"),
        ("198.51.100.1", True, "https://198.51.100.1"),
        ("198.51.100.1:80", True, "https://198.51.100.1:80"),
        ("198.51.100.1:8667", False, "http://198.51.100.1:8667"),
        ("127.0.0.1:8667", False, None),
        ("[2001:db8::1]:9443", True, "https://[2001:db8::1]:9443"),
        ("provd.example.org", False, None),
        ("203.0.113.1", False, None),
        (None, False, None),
    ],
)
def test_behind_a_proxy_only_the_name_that_the_phone_used_tells(
    host: str | None, secure: bool, url: str | None
) -> None:
    assert phone_urls().reached("192.0.2.1", host, proxied=True, secure=secure) == url


@pytest.mark.parametrize(
    "host",
    [
        "192.0.2.1:",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "192.0.2.1:x",
        "192.0.2.1:80:80",
        "192.0.2.1 ",
        "192.0.2.1/x",
        "user@192.0.2.1",
        "2001:db8::1",
        "[192.0.2.1",
        "[2001:db8::1%1]",
        "192.0.2",
        "\u0661\u0669\u0662.0.2.1",
        "192.0.2.1:\u0668\u0660",
    ],
)
def test_what_is_no_host_header_counts_for_nothing(host: str) -> None:
    assert phone_urls().reached("198.51.100.1", host, proxied=True, secure=False) is None


@given(st.text(max_size=30), st.booleans(), st.booleans())
def test_any_host_header_gives_an_own_address_or_nothing(host: str, proxied: bool, secure: bool) -> None:
    url = phone_urls().reached("192.0.2.1", host, proxied, secure)
    assert url is None or any(address in url for address in OWN)
    assert url is not None or proxied


def test_the_key_that_a_device_was_rendered_under_is_remembered() -> None:
    urls = phone_urls()
    assert urls.key_of("d1") is None
    urls.came_with_key("d1", "tenant")
    urls.came_with_key("d1", None)
    assert urls.key_of("d1") == "tenant"

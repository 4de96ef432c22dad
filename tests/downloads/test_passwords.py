"""
Which password is for which server.
"""

from __future__ import annotations

import pytest

from provd.downloads.passwords import Passwords

URL = "http://www.example.org/fw/index.html"


def known(*entries: tuple[str | None, str | list[str], str]) -> Passwords:
    passwords = Passwords()
    for realm, uri, user in entries:
        passwords.add(realm, uri, user, "pw")
    return passwords


def found(passwords: Passwords, url: str = URL, realm: str | None = None) -> str | None:
    identity = passwords.find(realm, url)
    return None if identity is None else identity[0]


@pytest.mark.parametrize(
    "uri",
    [
        URL,
        "http://www.example.org",
        "http://WWW.example.org:80/fw",
        "http://www.example.org/fw/",
        "http://user@www.example.org/",
        "www.example.org",
        "www.example.org:80",
        "www.example.org/fw",
    ],
)
def test_a_password_holds_below_its_url(uri: str) -> None:
    assert found(known((None, uri, "me"))) == "me"


@pytest.mark.parametrize(
    "uri",
    [
        "http://elsewhere.example.org/",
        "http://example.org/",
        "http://www.example.org:8080/",
        "http://www.example.org/f",
        "http://www.example.org/fw/index.html/x",
        "https://www.example.org/",
        "www.example.org:443",
        "",
    ],
)
def test_a_password_holds_nowhere_else(uri: str) -> None:
    assert found(known((None, uri, "me"))) is None


def test_a_password_for_http_holds_for_https_on_the_usual_ports_too() -> None:
    assert found(known((None, "http://www.example.org/", "me")), "https://www.example.org/x") == "me"


def test_the_realm_counts_more_than_the_path_and_the_longer_path_more_than_the_shorter() -> None:
    passwords = known(
        (None, "www.example.org", "all"),
        (None, "http://www.example.org/fw/", "folder"),
        ("firmware", "www.example.org", "realm"),
    )
    assert found(passwords) == "folder"
    assert found(passwords, "http://www.example.org/") == "all"
    assert found(passwords, realm="firmware") == "realm"
    assert found(passwords, realm="other") == "folder"


def test_several_urls_are_remembered_at_once() -> None:
    passwords = known((None, ["a.example.org", "b.example.org"], "me"))
    assert [found(passwords, f"http://{host}.example.org/") for host in "abc"] == ["me", "me", None]


@pytest.mark.parametrize(("user", "password"), [(None, None), ("me", None), (None, "pw")])
def test_none_forgets(user: str | None, password: str | None) -> None:
    passwords = known((None, "http://www.example.org", "me"), ("firmware", "www.example.org", "other"))
    passwords.add(None, "http://www.example.org/", user, password)
    assert found(passwords) is None
    assert found(passwords, realm="firmware") == "other"


def test_a_password_is_shown_to_nobody_who_prints_it() -> None:
    identity = known((None, "www.example.org", "me")).find(None, URL)
    assert identity is not None
    assert "pw" not in repr(identity)
    assert identity[1].reveal() == "pw"


def test_what_is_no_url_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        Passwords().add(None, "http://host:port/", "me", "pw")

"""
Challenges of servers, and the answers to them.
"""

import pytest

from provd.downloads.passwords import Passwords

URL = "http://www.example.org/dir/index.html"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


def challenge(algorithm: str) -> str:
    return (
        f'Digest realm="http-auth@example.org", qop="auth", algorithm={algorithm}, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch) -> Passwords:
    passwords = Passwords()
    passwords.add(None, "http://www.example.org/", "Mufasa", "Circle of Life")
    monkeypatch.setattr(passwords._digest, "get_cnonce", lambda nonce: CNONCE)
    return passwords


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_digest_as_in_the_example_of_rfc_7616(passwords: Passwords, algorithm: str, response: str) -> None:
    answer = passwords.authorization(["Basic realm=x", challenge(algorithm)], URL)
    assert answer is not None
    assert answer.startswith("Digest ")
    assert f'response="{response}"' in answer


def test_basic_where_nothing_better_is_offered(passwords: Passwords) -> None:
    answer = passwords.authorization([challenge("whirl"), 'Basic realm="x"'], URL)
    assert answer == "Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl"


@pytest.mark.parametrize("challenges", [[], ["Bearer"], ["Digest"], ['Digest realm="x"'], [""]])
def test_challenges_that_nobody_can_answer(passwords: Passwords, challenges: list[str]) -> None:
    assert passwords.authorization(challenges, URL) is None


def test_other_servers_are_shown_nothing(passwords: Passwords) -> None:
    assert passwords.authorization(["Basic realm=x"], "http://elsewhere.example.org/dir/") is None


def test_a_realm_may_be_named(passwords: Passwords) -> None:
    passwords.add("firmware", "www.example.org", "other", "pw")
    assert passwords.authorization(['Basic realm="firmware"'], URL) == "Basic b3RoZXI6cHc="

"""
Challenges of servers, and the answers to them.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.downloads.authorization import Authorizer
from provd.downloads.challenges import Challenge, parse_challenges
from provd.downloads.digest import Digest
from provd.downloads.passwords import Passwords
from provd.logs import Secret

URL = "http://www.example.org/dir/index.html"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


def challenge(algorithm: str, qop: str = "auth") -> str:
    return (
        f'Digest realm="http-auth@example.org", qop="{qop}", algorithm={algorithm}, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )


@pytest.fixture
def authorizer() -> Authorizer:
    passwords = Passwords()
    passwords.add(None, "http://www.example.org/", "Mufasa", "Circle of Life")
    return Authorizer(passwords)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        # Not in the RFC: computed with openssl from the same values.
        ("SHA-512-256", "430d05014cecc49cab6fbe03176d41a1da86cbfe24a16580e22aaad928d960d0"),
    ],
)
def test_digest_as_in_the_example_of_rfc_7616(algorithm: str, response: str) -> None:
    digest = Digest(lambda: CNONCE)
    (asked,) = parse_challenges([challenge(algorithm, "auth-int, auth")])
    answer = digest.answer(asked, "Mufasa", "Circle of Life", "GET", "/dir/index.html")
    assert f'response="{response}"' in answer
    assert "qop=auth, nc=00000001" in answer


def test_digest_as_in_the_example_of_rfc_2069() -> None:
    header = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    (asked,) = parse_challenges([header])
    answer = Digest().answer(asked, "Mufasa", "CircleOfLife", "GET", "/dir/index.html")
    # As the erratum 749 has it.
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in answer
    assert "cnonce" not in answer


def test_a_nonce_is_counted_and_no_cnonce_used_twice() -> None:
    digest = Digest()
    (asked,) = parse_challenges([challenge("MD5")])
    answers = [digest.answer(asked, "me", "pw", "GET", "/") for _ in range(3)]
    counts = [re.findall("nc=([0-9]+)", answer) for answer in answers]
    assert counts == [["00000001"], ["00000002"], ["00000003"]]
    assert len({re.search('cnonce="(.*)"', answer)[1] for answer in answers}) == 3  # type: ignore[index]


def test_quotes_and_other_letters_in_names_are_written_as_they_must_be() -> None:
    asked = Challenge("digest", {"realm": 'a"b\\', "nonce": "n"})
    answer = Digest().answer(asked, 'é"', "ü", "GET", "/")
    assert 'username="é\\"", realm="a\\"b\\\\"' in answer
    assert parse_challenges([answer])[0].parameters["realm"] == 'a"b\\'


def test_the_strongest_challenge_is_answered(authorizer: Authorizer) -> None:
    headers = ["Basic realm=x", challenge("MD5"), challenge("SHA-256"), challenge("whirl")]
    answer = authorizer.answer(headers, URL, None)
    assert answer is not None
    assert "algorithm=SHA-256" in answer
    assert 'uri="/dir/index.html"' in answer


@pytest.mark.parametrize(
    "stronger", [challenge("whirl"), challenge("MD5", "auth-int"), "Negotiate", "Digest"]
)
def test_basic_where_nothing_better_can_be_done(authorizer: Authorizer, stronger: str) -> None:
    for headers in ([stronger, 'Basic realm="x"'], [f'{stronger}, Basic realm="x"']):
        assert authorizer.answer(headers, URL, None) == "Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl"


@pytest.mark.parametrize("header", ["Bearer", "Digest", 'Digest realm="x"', "", ",", '"', "Digest realm=="])
def test_challenges_that_nobody_can_answer(authorizer: Authorizer, header: str) -> None:
    assert authorizer.answer([header], URL, None) is None


def test_other_servers_are_shown_nothing(authorizer: Authorizer) -> None:
    assert authorizer.answer(["Basic realm=x"], "http://elsewhere.example.org/dir/", None) is None


def test_the_password_of_the_url_comes_first(authorizer: Authorizer) -> None:
    assert authorizer.answer(["Basic realm=x"], URL, ("a", Secret("b"))) == "Basic YTpi"


@pytest.mark.parametrize(
    ("header", "schemes"),
    [
        ("Basic", [("basic", {})]),
        ('Basic realm="a, b=\\"c\\""', [("basic", {"realm": 'a, b="c"'})]),
        ("Negotiate abc==, NTLM", [("negotiate", {}), ("ntlm", {})]),
        ("Digest nonce=a/b:c==, Realm = x ,,", [("digest", {"nonce": "a/b:c==", "realm": "x"})]),
        ('Basic realm="", Digest nonce=z', [("basic", {"realm": ""}), ("digest", {"nonce": "z"})]),
        ('Basic realm="open', [("basic", {})]),
    ],
)
def test_what_a_server_asks_for(header: str, schemes: list[tuple[str, dict[str, str]]]) -> None:
    assert [(one.scheme, dict(one.parameters)) for one in parse_challenges([header])] == schemes


@given(st.text(alphabet='Basic Digest realm nonce="\\,\t==~\x00é') | st.text())
def test_no_header_is_too_strange(header: str) -> None:
    passwords = Passwords()
    passwords.add(None, "http://www.example.org/", "me", "pw")
    answer = Authorizer(passwords).answer([header, "Basic realm=x"], URL, None)
    assert answer is not None


@given(st.dictionaries(st.sampled_from(["realm", "nonce", "opaque"]), st.text(), min_size=1))
def test_quoted_values_are_read_as_they_were_meant(values: dict[str, str]) -> None:
    quoted = (name + '="' + re.sub(r'(["\\])', r"\\\1", text) + '"' for name, text in values.items())
    (read,) = parse_challenges(["Digest " + ", ".join(quoted)])
    assert read.parameters == values

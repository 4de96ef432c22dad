from __future__ import annotations

import pytest

from provd.model.acl import grants


@pytest.mark.parametrize(
    ("granted", "required", "is_allowed"),
    [
        # literal, anchored at both ends
        ("provd.read", "provd.read", True),
        ("provd.read", "provd.read.more", False),
        ("provd.read", "xprovd.read", False),
        ("provd.read", "provdxread", False),
        ("", "", True),
        ("", "provd.read", False),
        # * is a run within one segment, which may be empty or partial
        ("provd.*", "provd.read", True),
        ("provd.*", "provd.", True),
        ("provd.*", "provd", False),
        ("provd.*", "provd.dev_mgr.read", False),
        ("provd.*.read", "provd.dev_mgr.read", True),
        ("provd.dev*.read", "provd.dev_mgr.read", True),
        ("provd.*mgr.read", "provd.dev_mgr.read", True),
        ("provd.*.read", "provd.dev#mgr.read", False),
        ("provd.configure.*.read", "provd.configure.11111111.locale.read", False),
        # # is any run, separators included
        ("#", "provd.dev_mgr.devices.a1.read", True),
        ("#", "", True),
        ("provd.#", "provd.dev_mgr.devices.a1.read", True),
        ("provd.#", "provd.", True),
        ("provd.#", "provd", False),
        ("provd.#.read", "provd.dev_mgr.devices.a1.read", True),
        ("provd.#.read", "provd.dev_mgr.devices.a1.update", False),
        ("provd.configure.#*", "provd.configure.11111111.locale.read", True),
        ("provd.operation.#", "provd.operation.delete", True),
        # whole words
        ("auth.users.me.read", "auth.users.me.read", True),
        ("auth.users.me.read", "auth.users.owner-id.read", True),
        ("auth.users.me.read", "auth.users.other.read", False),
        ("auth.users.menu.read", "auth.users.owner-idnu.read", False),
        ("auth.sessions.my_session.delete", "auth.sessions.session-id.delete", True),
        ("auth.sessions.my_session.delete", "auth.sessions.my_session.delete", True),
        ("provd.devices.edit", "provd.devices.edit", True),
        ("provd.devices.edit", "provd.devices.update", True),
        ("provd.devices.update", "provd.devices.edit", False),
        ("provd.devices.editor", "provd.devices.updateor", False),
        # nothing else is special
        ("provd.[a-z]+", "provd.read", False),
        ("provd.rea?", "provd.rea", False),
        ("provd.(read)", "provd.(read)", True),
        ("provd.a+b", "provd.a+b", True),
        ("provd.#", "provd.a\nb", True),
    ],
)
def test_what_a_granted_access_matches(granted: str, required: str, is_allowed: bool) -> None:
    assert grants([granted], required, owner="owner-id", session="session-id") is is_allowed


@pytest.mark.parametrize(
    ("access", "is_allowed"),
    [
        ([], False),
        (["provd.#", "!provd.dev_mgr.#"], False),
        (["!provd.dev_mgr.#", "provd.#"], False),
        (["provd.#", "!provd.cfg_mgr.#"], True),
        (["!provd.dev_mgr.read", "provd.dev_mgr.read"], False),
        (["!provd.dev_mgr.read"], False),
        (["nothing", "provd.dev_mgr.read"], True),
    ],
)
def test_a_refusal_wins_over_every_grant(access: list[str], is_allowed: bool) -> None:
    assert grants(access, "provd.dev_mgr.read") is is_allowed
    assert grants(iter(access), "provd.dev_mgr.read") is is_allowed


def test_what_requires_nothing_is_allowed() -> None:
    assert grants([], None)
    assert grants(["!#"], None)


def test_without_an_owner_me_is_only_a_word() -> None:
    assert not grants(["auth.users.me.read"], "auth.users..read")
    assert grants(["auth.users.me.read"], "auth.users.me.read")


def test_an_access_full_of_stars_is_matched_in_no_time() -> None:
    assert not grants(["*" * 30 + "b"], "a" * 200)
    assert not grants(["#" * 30 + "b"], "a" * 200)

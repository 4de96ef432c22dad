from __future__ import annotations

from typing import Any

import pytest

from provd.pluginkit.family.accounts import OwnAccount, own_accounts
from provd.pluginkit.family.reports import Report

NO_PASSWORD = "has no password: the phone keeps its own account"


@pytest.mark.parametrize(
    ("parameters", "accounts", "said"),
    [
        ({}, {}, []),
        ({"admin_password": "a"}, {"admin": OwnAccount("", "a")}, []),
        (
            {"admin_username": " root ", "admin_password": " a ", "user_password": 1234},
            {"admin": OwnAccount("root", " a "), "user": OwnAccount("", "1234")},
            [],
        ),
        ({"user_username": "nurse", "user_password": None}, {}, [f"user_username: {NO_PASSWORD}"]),
    ],
)
def test_accounts_are_those_with_a_password(
    parameters: dict[str, Any], accounts: dict[str, OwnAccount], said: list[str]
) -> None:
    report = Report()
    assert own_accounts(parameters, report) == accounts
    assert report.lines == said


def test_name_that_is_fixed_is_the_phones() -> None:
    report = Report()
    names = {"admin_username": "root", "admin_password": "a", "user_username": "user"}
    accounts = own_accounts(names, report, {"admin": "admin", "user": "user"})
    assert accounts == {"admin": OwnAccount("admin", "a")}
    assert report.lines == ["admin_username: is always admin on this phone"]


def test_blanks_that_the_phone_drops_are_reported() -> None:
    report = Report()
    passwords = {"admin_password": " a", "user_username": "nurse", "user_password": "  "}
    assert own_accounts(passwords, report, is_trimming=True) == {"admin": OwnAccount("", "a")}
    assert report.lines == [
        "admin_password: the phone drops the blanks at its ends",
        "user_password: the phone drops the blanks at its ends",
        f"user_username: {NO_PASSWORD}",
    ]

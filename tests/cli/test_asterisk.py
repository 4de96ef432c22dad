"""
``provd-cli asterisk config``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provd.cli.asteriskfiles import account_of, extensions, manager, pjsip
from provd.logs import Secret
from tests.cli.rest import Rest
from tests.cli.running import Cli

SAMPLE = Path(__file__).parents[2] / "etc" / "asterisk" / "extensions-accent-provd.conf"
LINE = {"username": "apAb12Cd34", "password": "s3;cret"}


def section(text: str, name: str) -> list[dict[str, str]]:
    """
    Return the values of the sections of that name, as Asterisk reads them.
    """
    found: list[dict[str, str]] = []
    is_in = False
    for line in text.splitlines():
        stripped = line.replace("\\;", "\0").partition(";")[0].replace("\0", ";").strip()
        if stripped.startswith("["):
            is_in = stripped == f"[{name}]"
            if is_in:
                found.append({})
        elif is_in and "=" in stripped:
            key, _, value = stripped.partition("=")
            found[-1][key.strip()] = value.strip()
    return found


def test_all_of_it_is_printed_for_the_daemons_own_account(cli: Cli, rest: Rest) -> None:
    line = rest.config("autoprov")["raw_config"]["sip_lines"]["1"]
    result = cli("asterisk", "config", "--language", "fr_CA")
    assert result.code == 0
    assert "agi: {port: 4573}" in result.err  # the daemon doesn't listen
    endpoint, auth, aor = section(result.out, line["username"])
    assert (endpoint["type"], endpoint["context"], endpoint["language"]) == (
        "endpoint",
        "accent-provd",
        "fr_CA",
    )
    assert auth["password"] == line["password"]
    assert aor["type"] == "aor"
    assert SAMPLE.read_text() in result.out
    assert [name in result.out for name in (";;; pjsip.conf", ";;; extensions.conf", ";;; manager.conf")]
    assert cli.ok("asterisk", "config", "extensions") == SAMPLE.read_text()
    assert list(cli.json("asterisk", "config")) == ["pjsip", "extensions", "manager"]


def test_the_manager_account_is_that_of_the_settings_or_a_new_one(cli: Cli, tmp_path: Path) -> None:
    one, two = (cli.ok("asterisk", "config", "manager", "--provd", "192.0.2.9") for _ in range(2))
    (account,) = section(one, "accent-provd")
    assert account["permit"] == "192.0.2.9"
    assert len(account["secret"]) == 24
    assert account["secret"] in one.partition("provd's settings")[2]
    assert account["secret"] not in two
    (tmp_path / "10.yml").write_text("ami: {username: pbx, password: 's3;cret'}\n")
    known = cli("asterisk", "config", "manager", PROVD_CONF_DIR=str(tmp_path)).out
    assert section(known, "pbx")[0]["secret"] == "s3;cret"
    assert "settings" not in known


def test_the_endpoint_that_sends_to_addresses_is_that_of_the_settings(cli: Cli, tmp_path: Path) -> None:
    printed = cli.ok("asterisk", "config", "pjsip")
    (endpoint,) = section(printed, "default_outbound_endpoint")
    # Without a password: it must be nobody who calls.
    assert (endpoint["type"], endpoint["identify_by"]) == ("endpoint", "ip")
    assert section(printed, "global") == []
    settings = tmp_path / "10.yml"
    settings.write_text("ami: {outbound_endpoint: sender}\n")
    printed = cli("asterisk", "config", "pjsip", PROVD_CONF_DIR=str(tmp_path)).out
    assert section(printed, "sender")[0]["type"] == "endpoint"
    assert "must have default_outbound_endpoint=sender" in printed
    settings.write_text("ami: {outbound_endpoint: 'a]b'}\n")
    refused = cli.fails(1, "asterisk", "config", "pjsip", PROVD_CONF_DIR=str(tmp_path))
    assert "outbound_endpoint can't be" in refused


def test_wrong_use(cli: Cli) -> None:
    for arguments in (["sip"], ["--provd", "here"], ["--language", "en\n[x]"], ["--language", "1"]):
        cli.fails(2, "asterisk", "config", *arguments)


def test_where_new_phones_get_no_account_that_is_told(cli: Cli, rest: Rest) -> None:
    autoprov = rest.config("autoprov")
    try:
        rest.call("PUT", "/cfg_mgr/configs/autoprov", {"config": {**autoprov, "role": "default"}})
        assert "no config has the role autocreate" in cli.fails(3, "asterisk", "config", "pjsip")
        raw = {"sip_lines": {"1": {"username": "a b", "password": "s3cret"}}}
        rest.call("PUT", "/cfg_mgr/configs/autoprov", {"config": {**autoprov, "raw_config": raw}})
        assert cli.fails(1, "asterisk", "config").endswith("username can't be one of Asterisk's")
    finally:
        rest.call("PUT", "/cfg_mgr/configs/autoprov", {"config": autoprov})


@pytest.mark.parametrize(
    "line",
    [
        None,
        {},
        {"username": "a]b", "password": "x"},
        {"username": "a", "auth_username": "x\ny", "password": "x"},
        {"username": "a", "password": None},
        {"username": "a", "password": "x\n[evil]"},
        {"username": "a", "password": " x"},
    ],
)
def test_an_account_that_asterisk_could_not_have_is_refused(line: Any) -> None:
    with pytest.raises(ValueError) as refused:
        account_of({"sip_lines": {"1": line}})
    assert "evil" not in str(refused.value)


def test_what_an_account_says_reaches_the_file() -> None:
    account = account_of({"sip_lines": {"1": {**LINE, "auth_username": "other"}}, "sip_transport": "tls"})
    text = pjsip(account, "en")
    assert section(text, LINE["username"])[1] == {
        "type": "auth",
        "auth_type": "userpass",
        "username": "other",
        "password": LINE["password"],
    }
    assert "use tls" in text


def test_the_dialplan_asks_where_the_daemon_is() -> None:
    assert "AGI(agi://192.0.2.9:4000/provision,${ARG1}," in extensions("192.0.2.9", 4000)
    assert "AGI(agi://[2001:db8::9]:4000/provision," in extensions("2001:db8::9", 4000)
    assert extensions("127.0.0.1", 4573) == SAMPLE.read_text()


def test_the_manager_account_may_only_do_what_it_must() -> None:
    (account,) = section(manager("provd", Secret("x"), "127.0.0.1", is_new=False), "provd")
    assert (account["write"], account["deny"]) == ("system", "0.0.0.0/0,::/0")
    assert "read" not in account


@pytest.mark.parametrize(
    ("address", "permitted"),
    [
        ("127.0.0.1", "127.0.0.1,::1"),
        ("::1", "127.0.0.1,::1"),
        ("192.0.2.9", "192.0.2.9"),
        ("2001:db8::9", "2001:db8::9"),
    ],
)
def test_who_may_use_the_manager_account_is_provd_alone(address: str, permitted: str) -> None:
    (account,) = section(manager("provd", Secret("x"), address, is_new=False), "provd")
    assert account["permit"] == permitted

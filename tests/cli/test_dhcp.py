"""
``provd-cli dhcp config``; what servers make of it is tested in ``tests/dhcp``.
"""

from __future__ import annotations

import pytest

from tests.cli.rest import Rest
from tests.cli.running import Cli

NETWORK = ("--subnet", "192.0.2.0/24", "--range", "192.0.2.100-192.0.2.199", "--router", "192.0.2.1")


@pytest.mark.parametrize("server", ["isc", "kea", "dnsmasq"])
def test_configuration_is_printed_for_each_server(server: str, cli: Cli) -> None:
    result = cli("dhcp", "config", "--server", server, *NETWORK, "--provd", "192.0.2.5")
    assert result.code == 0
    assert result.err == ""
    assert "http://192.0.2.5:" in result.out
    assert "/usr/bin/accent-provd-dhcp-hook" in result.out
    assert cli.json("dhcp", "config", "--server", server, *NETWORK, "--provd", "192.0.2.5") == {
        "server": server,
        "config": result.out,
    }


def test_hook_may_be_elsewhere_or_left_out(cli: Cli) -> None:
    own = ("dhcp", "config", "--server", "isc", *NETWORK, "--provd", "192.0.2.5")
    assert '"/opt/hook"' in cli.ok(*own, "--hook", "/opt/hook")
    assert "hook" not in cli.ok(*own, "--no-hook")


def test_url_that_is_guessed_is_told(cli: Cli, rest: Rest) -> None:
    url = rest.call("GET", "/dhcp")["url"]
    result = cli("dhcp", "config", "--server", "dnsmasq", *NETWORK)
    assert url in result.out
    assert "general.advertised_http_url" in result.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--provd", "192.0.2.150"), "--range has provd's own address 192.0.2.150"),
        (("--provd", "127.0.0.1"), "phones can't reach 127.0.0.1"),
        (("--lease-time", "5"), "--lease-time"),
        (("--router", "198.51.100.1"), "198.51.100.1 can't be a host of 192.0.2.0/24"),
        (("--server", "windows"), "--server"),
    ],
)
def test_what_can_not_be_is_refused(arguments: tuple[str, ...], told: str, cli: Cli) -> None:
    result = cli("dhcp", "config", "--server", "isc", *NETWORK, *arguments)
    assert result.code == 2
    assert told in result.err
    assert result.out == ""

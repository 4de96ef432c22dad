"""
Where the daemon is and who calls it: options, environment, settings, this machine; and when there is none.
"""

from __future__ import annotations

import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.rest import Rest
from tests.cli.running import COMMAND, Cli
from tests.cli.servers import Web
from tests.daemon.running import Daemon
from tests.tls import self_signed


@pytest.fixture
def token(daemon: Daemon) -> str:
    return (daemon.data / "admin-token").read_text().strip()


@pytest.fixture
def local(cli: Cli, tmp_path: Path) -> Cli:
    """
    The command on the daemon's machine, run by somebody with settings of their own.
    """
    return Cli(tmp_path / "home", **{**cli.environment, "HOME": str(tmp_path / "home")})


def settings(cli: Cli, text: str, mode: int = 0o600) -> Path:
    """
    Write an administrator's settings.
    """
    file = cli.home / ".config" / "accent-provd" / "cli.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)
    return file


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, daemon: Daemon) -> Iterator[Web]:
    """
    A proxy that speaks TLS, with a certificate that no authority has signed.
    """
    proxy = Web(tmp_path_factory.mktemp("proxy"), self_signed("127.0.0.1"))
    proxy.daemon_port = daemon.rest
    yield proxy
    proxy.stop()


def test_a_daemon_behind_a_proxy_over_tls(proxy: Web, stranger: Cli, token: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{token}\n")
    url = f"{proxy.url}/api/provd"
    call = ("--url", url, "--token-file", tmp_path / "token", "devices", "synchronize")
    assert "no trusted connection: certificate verify failed" in stranger.fails(5, *call, "x")
    assert stranger.fails(3, *call, "x", "--cacert", proxy.folder / "server.pem") == "no device 'x'"
    assert stranger.fails(3, *call, "x", PROVD_INSECURE="1") == "no device 'x'"
    # Settings: paths in them are those beside them.
    file = settings(stranger, f"url: {url}/0.2/\ntoken_file: token\ncacert: ca.pem\n")
    (file.parent / "token").write_text(token)
    (file.parent / "ca.pem").write_bytes((proxy.folder / "server.pem").read_bytes())
    assert ["rest_api", "ok"] in [line.split()[:2] for line in stranger.ok("status").splitlines()]
    assert {headers["x-auth-token"] for _, headers in proxy.asked} == {token}
    assert all(headers["user-agent"].startswith("provd-cli/") for _, headers in proxy.asked)


def test_an_operation_is_followed_behind_a_proxy(proxy: Web, stranger: Cli, rest: Rest, token: str) -> None:
    settings(stranger, f"url: {proxy.url}/api/provd\ntoken: {token}\ninsecure: true\n")
    rest.add_device("proxied")
    assert stranger.fails(1, "devices", "synchronize", "proxied").startswith(
        "proxied: the phone can't be asked"
    )


def test_the_strongest_source_counts(local: Cli, token: str, tmp_path: Path) -> None:
    settings(local, "tenant: nobody\ntimeout: 7\n")
    assert local.fails(3, "devices", "list") == "no tenant 'nobody'"
    assert local.fails(3, "devices", "list", PROVD_TENANT="noone") == "no tenant 'noone'"
    assert local("devices", "list", "--tenant", "master", PROVD_TENANT="noone").code == 0
    assert local.fails(3, "--tenant", "a", "devices", "list", "--tenant", "b") == "no tenant 'b'"
    (tmp_path / "wrong").write_text("wrong")
    assert local.fails(4, "status", "--token-file", tmp_path / "wrong", PROVD_TOKEN=token).startswith(
        f"unauthorized: the token of {tmp_path / 'wrong'} isn't known to http://127.0.0.1:"
    )
    settings(local, "token: wrong\n")
    assert local("status", "--token", token, PROVD_TOKEN="wrong").code == 0


def test_a_token_goes_to_its_own_server_alone(web: Web, local: Cli, daemon: Daemon, token: str) -> None:
    web.answer("/mine/0.2/status", {"rest_api": "ok"})
    settings(local, f"url: http://127.0.0.1:{daemon.rest}\ntoken: {token}\n")
    elsewhere = web.url.replace("127.0.0.1", "192.0.2.1")
    assert local.fails(4, "status", "--url", elsewhere) == (
        f"no token for {elsewhere}: there is none of this machine for another server"
        f" (see --token-file, PROVD_TOKEN, {local.home}/.config/accent-provd/cli.yml)"
    )
    before = len(web.asked)
    web.answer("/moved/0.2/status", b"", 301, Location=f"{web.url}/mine/0.2/status")
    told = local.fails(5, "status", "--url", f"{web.url}/moved")
    assert "doesn't answer as accent-provd does (301 Moved Permanently, " in told
    assert len(web.asked) == before + 1


def test_mistakes_of_settings_are_told_at_once_and_values_never(stranger: Cli) -> None:
    file = settings(
        stranger, "url: ftp://h\ntokn: s3cret\ntoken: a b\ninsecure: maybe\ntimeout: long\ntenant: 7\n"
    )
    told = stranger.fails(2, "status", PROVD_REST_PORT="x", PROVD_URL="http://me:s3cret@h")
    assert told == "; ".join(
        [
            "PROVD_URL must not hold a user or a password",
            f"{file}: url isn't a URL such as https://pbx.example/api/provd",
            f"{file}: tokn isn't one of url, token, token_file, tenant, cacert, insecure, timeout",
            f"{file}: token holds what no token holds, such as a space",
            f"{file}: insecure is neither true nor false",
            f"{file}: timeout isn't a number of seconds up to 3600",
            f"{file}: tenant isn't a text",
            "PROVD_REST_PORT isn't a port",
        ]
    )
    for text, problem in (("- url", "isn't a map of settings"), ("url: [", "isn't YAML: line 1, column 7")):
        settings(stranger, text)
        assert stranger.fails(2, "status").endswith(problem)
    settings(stranger, "token: a\ntoken_file: b\n")
    assert "exclude each other" in stranger.fails(2, "status")


def test_settings_with_a_token_that_others_may_read_are_warned_of(local: Cli, token: str) -> None:
    file = settings(local, f"token: {token}\n", 0o644)
    warned = local("status")
    assert warned.code == 0
    assert warned.err == f"provd-cli: warning: {file} holds a token and others may read it: chmod 600\n"
    file.chmod(stat.S_IRUSR)
    assert local("status").err == ""


def test_without_a_token_it_is_said_where_one_was_looked_for(stranger: Cli, tmp_path: Path) -> None:
    told = stranger.fails(4, "status")
    assert told.startswith(
        f"no token for http://127.0.0.1:8666: {tmp_path}/admin-token can't be read: No such file or directory"
    )
    (tmp_path / "admin-token").write_text("\n")
    assert "admin-token holds no token" in stranger.fails(4, "status")
    assert "/nowhere can't be read" in stranger.fails(2, "status", "--token-file", "/nowhere")


def test_who_cannot_be_reached_is_told(stranger: Cli, web: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and says nothing
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        told = stranger.fails(5, "status", "--url", url, "--token", "t", "--timeout", "0.2")
        assert told == f"{url} doesn't answer within 0.2 s"
    assert stranger.fails(5, "status", "--url", url, "--token", "t") == (
        f"{url} can't be reached: connection refused"
    )
    unavailable = {"message": "accent-auth can't be reached", "error_id": "x", "details": {}}
    web.answer("/busy/0.2/status", unavailable, 503)
    assert (
        stranger.fails(5, "status", "--url", f"{web.url}/busy", "--token", "t")
        == "accent-auth can't be reached"
    )
    web.answer("/failing/0.2/status", {"message": "Internal error", "details": {"store": "is full"}}, 500)
    assert stranger.fails(1, "status", "--url", f"{web.url}/failing", "--token", "t") == (
        "Internal error; store is full"
    )
    for path, answer in (("/elsewhere", "404 Not Found"), ("/other", "200 OK"), ("/text", "200 OK")):
        web.answer("/other/0.2/dev_mgr/devices", {"devises": []})
        web.answer("/text/0.2/dev_mgr/devices", b"hello")
        told = stranger.fails(5, "devices", "list", "--url", web.url + path, "--token", "t")
        assert told == f"{web.url}{path} doesn't answer as accent-provd does ({answer}): is --url right?"


def test_very_many_devices(stranger: Cli, web: Web) -> None:
    many = [
        {"id": f"{number:032x}", "mac": f"02:00:00:{number:06x}", "ip": "é" * 9} for number in range(10_000)
    ]
    web.answer("/many/0.2/dev_mgr/devices", {"devices": many, "total": len(many)})
    call = ("devices", "list", "--url", f"{web.url}/many", "--token", "t")
    assert len(stranger.ok(*call).splitlines()) == 10_001
    assert stranger.json(*call) == many
    with subprocess.Popen(
        [COMMAND, *call, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=stranger.environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"[\n"
        process.stdout.close()  # as "head -1" does
        assert process.stderr.read() == b""
        assert process.wait(20) == 141
    with open("/dev/full", "w") as full:
        failed = subprocess.run(
            [COMMAND, *call], stdout=full, stderr=subprocess.PIPE, check=False, env=stranger.environment
        )
    assert (failed.returncode, failed.stderr) == (
        1,
        b"provd-cli: the output can't be written: No space left on device\n",
    )

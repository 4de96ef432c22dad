"""
This machine's own daemon, which needs no settings.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from provd.cli import localdaemon
from provd.cli.failures import CommandFailed
from provd.cli.settings import find_server


def test_the_daemon_of_a_checkout_comes_before_an_installed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / name for name in ("checkout", "installed")]
    monkeypatch.setattr(localdaemon, "_CHECKOUT", folders[0])
    monkeypatch.setattr(localdaemon, "_INSTALLED", folders[1])
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    with pytest.raises(CommandFailed, match=f"{folders[1]}/admin-token can't be read"):
        find_server({}, environ)
    for folder in reversed(folders):
        folder.mkdir()
        (folder / "admin-token").write_text(f"token-of-{folder.name}\n")
        server = find_server({}, environ)
        assert server.token.reveal() == f"token-of-{folder.name}"
        assert server.token_from == f"{folder}/admin-token"
    assert server.url == "http://127.0.0.1:8666"
    assert "token-of" not in repr(server)


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.9.9.9/x", "https://[::1]:8666"])
def test_its_token_is_for_this_machine(url: str, tmp_path: Path) -> None:
    (tmp_path / "admin-token").write_text("t")
    environ = {"PROVD_DATA_DIR": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    assert find_server({"url": url}, environ).token.reveal() == "t"
    for elsewhere in (
        "http://localhost.example",
        "http://128.0.0.1",
        "http://[::2]",
        "https://pbx/127.0.0.1",
    ):
        with pytest.raises(CommandFailed, match="another server"):
            find_server({"url": elsewhere}, environ)


def test_the_strongest_says_whom_to_trust(tmp_path: Path) -> None:
    given = {"token": "t"}
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "PROVD_INSECURE": "yes"}
    assert find_server(given, environ).verify is False
    assert find_server({**given, "cacert": "/ca.pem"}, environ).verify == Path("/ca.pem")
    assert find_server({**given, "insecure": True}, {**environ, "PROVD_INSECURE": ""}).verify is False
    assert find_server(given, {**environ, "PROVD_INSECURE": "0"}).verify is True

"""
``provd-cli plugin build`` and ``key``, run as an author of plugins does.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from provd.pluginhost.signing import verify
from provd.settings.fields import server_keys

INFO = {"version": "1.0", "description": "x", "capabilities": {}}


def run(*arguments: object, cwd: Path | None = None, umask: int = -1) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("provd-cli")), "plugin", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, umask=umask)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    for name in ("acme", "other"):
        (folder / name).mkdir(parents=True)
        (folder / name / "plugin-info").write_text(json.dumps(INFO))
        (folder / name / "entry.py").touch()
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_repository_is_built_the_same_wherever_and_by_whom(sources: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    first = run("build", sources, "--output", one)
    assert (first.returncode, first.stdout) == (0, "acme\nother\n")
    for path in sources.rglob("*"):
        os.utime(path, (1, 1))
    second = run("build", "other", "acme", "--output", "../two", cwd=sources, umask=0o077)
    assert second.returncode == 0
    assert content(one) == content(two)
    index = json.loads(content(one)["plugins.db"])
    assert sorted(index["acme"]) == [
        *["capabilities", "description", "dsize", "filename", "sha1sum", "sha256sum", "version"]
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in two.iterdir()} == {0o644}


def test_an_index_is_signed_with_a_key(sources: Path, tmp_path: Path) -> None:
    key, built = tmp_path / "key", tmp_path / "built"
    made = run("key", key)
    assert made.returncode == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    public = server_keys({"http://h/": made.stdout.strip()})["http://h/"]
    assert run("build", sources, "--output", built, "--sign-key", key).returncode == 0
    index, signature = (content(built)[name] for name in ("plugins.db", "plugins.db.sig"))
    assert verify(index, signature, public)
    assert not verify(index + b" ", signature, public)
    assert not verify(index, b"AAAA", public)
    assert not verify(index, b"\xff", public)
    assert run("build", sources, "--output", built).returncode == 0
    assert "plugins.db.sig" not in content(built)


def test_a_key_is_never_overwritten_nor_printed(tmp_path: Path) -> None:
    key = tmp_path / "key"
    public = run("key", key).stdout
    before = key.read_bytes()
    again = run("key", key)
    assert (again.returncode, again.stdout) == (1, "")
    assert "is there already" in again.stderr
    shown = run("key", "--show", key)
    assert (shown.returncode, shown.stdout) == (0, public)
    assert key.read_bytes() == before
    assert "PRIVATE" not in shown.stdout + shown.stderr


@pytest.mark.parametrize(
    "text", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_an_error(sources: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    built = run("build", sources, "--output", tmp_path / "built", "--sign-key", tmp_path / "key")
    assert built.returncode == 1
    assert "isn't an Ed25519 private key" in built.stderr
    assert not (tmp_path / "built").exists()


def test_a_folder_without_plugins_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    built = run("build", tmp_path / "empty", "--output", tmp_path / "built")
    assert built.returncode == 1
    assert "has an entry.py" in built.stderr
    assert not (tmp_path / "built").exists()


def test_a_plugin_that_is_none_is_an_error(sources: Path, tmp_path: Path) -> None:
    (sources / "acme" / "plugin-info").write_text("{}")
    built = run("build", sources, "--output", tmp_path / "built")
    assert (built.returncode, built.stderr) == (
        1,
        "provd-cli: plugin acme: plugin-info: "
        "version is missing, description is missing, capabilities is missing\n",
    )


@pytest.mark.parametrize(
    "arguments", [["build"], ["build", "/nowhere", "--output", "x"], ["build", "/tmp"], ["key"]]
)
def test_a_wrong_use_is_told(arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2

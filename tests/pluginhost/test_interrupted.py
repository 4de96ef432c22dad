from __future__ import annotations

import os
from pathlib import Path

import pytest

from provd.pluginhost.installed import (
    recover_interrupted,
)
from tests.pluginhost.packaged import Site, contents


def test_an_install_cut_short_before_the_switch_is_undone(site: Site) -> None:
    site.install()
    (site.plugins / ".x.new").mkdir()
    site.x.rename(site.plugins / ".x.old")
    recover_interrupted(site.plugins)
    assert site.versions() == {"x": "1.0"}
    assert os.listdir(site.plugins) == ["x"]


def test_an_install_cut_short_after_the_switch_is_undone(site: Site) -> None:
    site.install(var__tftpboot__static="1")
    site.write("var/tftpboot/phone.cfg", "phone")
    before = contents(site.x)
    staged = site.staged("2.0", var__tftpboot__static="2")
    staged.prepare()
    staged.switch()
    recover_interrupted(site.plugins)
    assert contents(site.x) == before
    assert os.listdir(site.plugins) == ["x"]


def test_half_a_former_version_never_comes_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install()
    staged = site.staged("2.0")
    staged.prepare()
    staged.switch()
    removed = []

    def killed(path: Path) -> None:
        removed.append(path.name)
        (path / "entry.py").unlink()
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", killed)
        staged.keep()
    assert removed == [".x.removed"]
    recover_interrupted(site.plugins)
    assert site.versions() == {"x": "2.0"}
    assert os.listdir(site.plugins) == ["x"]


def test_what_cannot_be_put_right_is_told_and_hurts_no_other(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.install()
    site.x.rename(site.plugins / ".x.old")
    (site.plugins / ".a.removed").mkdir()

    def fails(path: Path) -> None:
        raise OSError(13, "Permission denied", str(path))

    monkeypatch.setattr("shutil.rmtree", fails)
    failed = recover_interrupted(site.plugins)
    assert list(failed) == ["a"]
    assert "Permission denied" in failed["a"]
    assert site.versions() == {"x": "1.0"}


def test_an_install_after_one_that_was_cut_short_loses_nothing(site: Site) -> None:
    site.install()
    site.write("var/tftpboot/a", "site")
    site.x.rename(site.plugins / ".x.old")
    site.install("2.0")
    assert (site.versions(), site.read("var/tftpboot/a")) == ({"x": "2.0"}, "site")
    assert os.listdir(site.plugins) == ["x"]


def test_a_removal_cut_short_is_finished(site: Site) -> None:
    site.install()
    site.x.rename(site.plugins / ".x.removed")
    (site.plugins / ".other").touch()
    recover_interrupted(site.plugins)
    assert os.listdir(site.plugins) == [".other"]
    recover_interrupted(site.plugins / "nowhere")

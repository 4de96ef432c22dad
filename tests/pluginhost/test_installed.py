from __future__ import annotations

import os
from pathlib import Path

import pytest

from provd.errors import NotFound, PluginError
from provd.pluginhost.installed import (
    install_package,
    installed_digest,
    remove_plugin,
    scan_plugins,
)
from tests.pluginhost.packaged import Site, contents

DIGEST = "a9993e364706816aba3e25717850c26c9cd0d89d"


def test_a_plugin_is_installed_with_the_folders_that_it_needs(site: Site) -> None:
    site.install(templates__base="t")
    assert site.versions() == {"x": "1.0"}
    assert site.read("templates/base") == "t"
    for name in ("templates", "tftpboot", "cache", "installed"):
        assert (site.x / "var" / name).is_dir()
    assert os.listdir(site.plugins) == ["x"]


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"../outside": "x"}, "is refused"),
        ({"plugin-info": "{}"}, "version is missing"),
        ({"plugin-info__x": ""}, "is refused"),
    ],
)
def test_a_package_that_is_refused_changes_nothing(site: Site, files: dict[str, str], problem: str) -> None:
    site.install()
    site.write("var/tftpboot/a", "site")
    with pytest.raises(PluginError, match=problem):
        site.install("2.0", **files)
    assert (site.versions(), site.read("var/tftpboot/a")) == ({"x": "1.0"}, "site")
    assert os.listdir(site.plugins) == ["x"]


def test_another_package_than_the_one_meant_changes_nothing(site: Site) -> None:
    with pytest.raises(PluginError, match="SHA-1"):
        install_package(site.package(), site.plugins, "x", sha1=DIGEST)
    assert not site.plugins.exists()


@pytest.mark.parametrize("plugin_id", ["", ".", "..", ".x", "a/b", "../x"])
def test_ids_that_are_no_plain_names_are_refused(site: Site, plugin_id: str) -> None:
    site.install()
    with pytest.raises(PluginError, match="plain name"):
        install_package(site.package(), site.plugins, plugin_id)
    with pytest.raises(NotFound):
        remove_plugin(site.plugins, plugin_id)
    assert site.versions() == {"x": "1.0"}


def test_the_package_of_a_plugin_is_remembered(site: Site) -> None:
    assert installed_digest(site.plugins, "x") is None
    site.install()
    first = installed_digest(site.plugins, "x")
    site.install("2.0")
    assert first is not None
    assert installed_digest(site.plugins, "x") != first
    for damaged in ("", "[]", "{"):
        site.write(".package", damaged)
        assert installed_digest(site.plugins, "x") is None


def test_a_removed_plugin_leaves_nothing(site: Site) -> None:
    site.install()
    site.write("var/tftpboot/a", "site")
    remove_plugin(site.plugins, "x")
    assert os.listdir(site.plugins) == []
    with pytest.raises(NotFound):
        remove_plugin(site.plugins, "x")


def test_folders_that_are_no_plugins_are_not_listed(site: Site) -> None:
    site.install()
    (site.plugins / "broken").mkdir()
    (site.plugins / ".y.new").mkdir()
    (site.plugins / "plugins.db").touch()
    (site.plugins / "a file").touch()
    (site.plugins / "no id").mkdir()
    found, broken = scan_plugins(site.plugins)
    assert list(found) == ["x"]
    assert sorted(broken) == ["broken", "no id"]
    assert scan_plugins(site.plugins / "nowhere") == ({}, {})


def test_a_removal_that_fails_leaves_all_as_it_was(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install()
    before = contents(site.x)

    def fails(path: Path, target: Path) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="Read-only"):
        remove_plugin(site.plugins, "x")
    assert contents(site.x) == before

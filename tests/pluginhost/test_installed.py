from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provd.errors import NotFound, PluginError
from provd.pluginhost import installed
from provd.pluginhost.installed import (
    install_package,
    installed_digest,
    recover_interrupted,
    remove_plugin,
    scan_plugins,
)
from provd.pluginkit.files import temporary_beside

INFO = {"version": "1.0", "description": "x", "capabilities": {}}
DIGEST = "a9993e364706816aba3e25717850c26c9cd0d89d"


class Site:
    """
    A folder of plugins, and packages of the plugin ``x`` to put there.
    """

    def __init__(self, tmp_path: Path) -> None:
        self.plugins = tmp_path / "plugins"
        self.x = self.plugins / "x"
        self._package = tmp_path / "x.tar"

    def package(self, version: str = "1.0", **files: str) -> Path:
        """
        Make a package; ``a__b="text"`` becomes the file ``a/b``.
        """
        members = {"plugin-info": json.dumps({**INFO, "version": version}), "entry.py": "", **files}
        with tarfile.open(self._package, "w") as archive:
            for name, text in members.items():
                member = tarfile.TarInfo("x/" + name.replace("__", "/"))
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        return self._package

    def install(self, version: str = "1.0", **files: str) -> None:
        install_package(self.package(version, **files), self.plugins, "x")

    def write(self, name: str, text: str) -> Path:
        path = self.x / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def read(self, name: str) -> str:
        return (self.x / name).read_text()

    def versions(self) -> dict[str, str]:
        return {plugin_id: info["version"] for plugin_id, info in scan_plugins(self.plugins)[0].items()}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_plugin_is_installed_with_the_folders_that_it_needs(site: Site) -> None:
    site.install(templates__base="t")
    assert site.versions() == {"x": "1.0"}
    assert site.read("templates/base") == "t"
    for name in ("templates", "tftpboot", "cache", "installed"):
        assert (site.x / "var" / name).is_dir()
    assert os.listdir(site.plugins) == ["x"]


def test_what_belongs_to_the_site_survives_an_upgrade(site: Site) -> None:
    site.install(old="gone with the next version", var__tftpboot__static="1")
    phone = site.write("var/tftpboot/001565/phone.cfg", "phone")
    site.write("var/templates/base.tpl", "custom")
    site.write("var/cache/firmware.zip", "firmware")
    site.write("var/config.json", "{}")
    (site.x / "var/tftpboot/link").symlink_to("001565/phone.cfg")
    (site.x / "var/tftpboot/001565").chmod(0o700)
    before = phone.stat()
    site.install("2.0", new="new", var__tftpboot__static="2", var__templates__shipped="s")
    assert site.versions() == {"x": "2.0"}
    assert not (site.x / "old").exists()
    assert (site.read("new"), site.read("var/tftpboot/static"), site.read("var/templates/shipped")) == (
        "new",
        "2",
        "s",
    )
    after = phone.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert site.read("var/templates/base.tpl") == "custom"
    assert site.read("var/cache/firmware.zip") == "firmware"
    assert site.read("var/config.json") == "{}"
    assert os.readlink(site.x / "var/tftpboot/link") == "001565/phone.cfg"
    assert (site.x / "var/tftpboot/001565").stat().st_mode & 0o777 == 0o700
    assert os.listdir(site.plugins) == ["x"]


def test_only_served_files_of_a_package_replace_those_of_the_site(site: Site) -> None:
    site.install()
    site.write("var/tftpboot/a", "site")
    site.write("var/templates/a", "site")
    site.install(var__tftpboot__a="package", var__templates__a="package")
    assert (site.read("var/tftpboot/a"), site.read("var/templates/a")) == ("package", "site")


def test_files_that_became_folders_and_the_reverse_are_the_packages(site: Site) -> None:
    site.install()
    site.write("var/tftpboot/was_file", "site")
    site.write("var/tftpboot/was_folder/a/b", "site")
    site.install(var__tftpboot__was_file__a="package", var__tftpboot__was_folder="package")
    assert site.read("var/tftpboot/was_file/a") == site.read("var/tftpboot/was_folder") == "package"


def test_half_written_files_and_pipes_are_left_behind(site: Site) -> None:
    site.install()
    Path(temporary_beside(site.write("var/tftpboot/a", "site"))).touch()
    os.mkfifo(site.x / "var/tftpboot/pipe")
    site.install()
    assert os.listdir(site.x / "var/tftpboot") == ["a"]


def test_what_changes_while_a_plugin_is_replaced_is_not_lost(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.install()
    for name in ("changed", "deleted", "replaced"):
        site.write(f"var/tftpboot/{name}", "before")
    sync_tree = installed._sync_tree

    def meanwhile(folder: Path) -> None:
        sync_tree(folder)
        (site.x / "var/tftpboot/deleted").unlink()
        site.write("var/tftpboot/changed", "after")
        site.write("var/tftpboot/new", "after").replace(site.x / "var/tftpboot/replaced")
        site.write("var/tftpboot/deep/new", "after")

    monkeypatch.setattr(installed, "_sync_tree", meanwhile)
    site.install("2.0")
    assert site.versions() == {"x": "2.0"}
    assert sorted(os.listdir(site.x / "var/tftpboot")) == ["changed", "deep", "replaced"]
    assert {site.read(f"var/tftpboot/{name}") for name in ("changed", "replaced", "deep/new")} == {"after"}


def test_files_on_another_disk_are_copied(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install()
    site.write("var/tftpboot/a", "site")

    def other_disk(*arguments: Any, **options: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", other_disk)
    site.install("2.0")
    assert site.read("var/tftpboot/a") == "site"


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


@pytest.mark.parametrize("failing", ["rename", "mkdir"])
def test_a_failing_disk_changes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    site.install()
    site.write("var/tftpboot/folder/a", "site")
    original: Callable[..., Any] = getattr(Path, failing)

    def fails(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == (".x.new" if failing == "rename" else "folder"):
            raise OSError(5, "Input/output error")
        return original(path, *arguments, **options)

    monkeypatch.setattr(Path, failing, fails)
    with pytest.raises(PluginError, match="Input/output error"):
        site.install("2.0")
    assert (site.versions(), site.read("var/tftpboot/folder/a")) == ({"x": "1.0"}, "site")
    assert os.listdir(site.plugins) == ["x"]


def test_a_plugin_that_is_a_link_is_replaced_and_its_target_kept(site: Site, tmp_path: Path) -> None:
    site.install()
    site.write("var/tftpboot/a", "site")
    elsewhere = tmp_path / "elsewhere"
    site.x.rename(elsewhere)
    site.x.symlink_to(elsewhere)
    site.install("2.0")
    assert not site.x.is_symlink()
    assert (site.versions(), site.read("var/tftpboot/a")) == ({"x": "2.0"}, "site")
    assert (elsewhere / "var/tftpboot/a").exists()


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


def test_an_install_cut_short_before_the_switch_is_undone(site: Site) -> None:
    site.install()
    (site.plugins / ".x.new").mkdir()
    site.x.rename(site.plugins / ".x.old")
    recover_interrupted(site.plugins)
    assert site.versions() == {"x": "1.0"}
    assert os.listdir(site.plugins) == ["x"]


def test_an_install_cut_short_after_the_switch_is_finished(site: Site) -> None:
    site.install(var__tftpboot__static="1")
    site.x.rename(site.plugins / "former")
    site.install("2.0", var__tftpboot__static="2")
    (site.plugins / "former").rename(site.plugins / ".x.old")
    late = site.plugins / ".x.old/var/tftpboot/late"
    late.write_text("late")
    recover_interrupted(site.plugins)
    assert (site.versions(), site.read("var/tftpboot/late")) == ({"x": "2.0"}, "late")
    assert site.read("var/tftpboot/static") == "2"
    assert os.listdir(site.plugins) == ["x"]


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

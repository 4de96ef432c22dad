from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provd.errors import PluginError
from provd.pluginhost.staged import StagedPlugin
from provd.pluginkit.files import temporary_beside
from tests.pluginhost.packaged import Site, contents


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
    assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
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


def test_what_changes_while_a_plugin_is_replaced_is_not_lost(site: Site) -> None:
    site.install()
    for name in ("changed", "deleted", "replaced"):
        site.write(f"var/tftpboot/{name}", "before")
    staged = site.staged("2.0")
    staged.prepare()
    (site.x / "var/tftpboot/deleted").unlink()
    site.write("var/tftpboot/changed", "after")
    site.write("var/tftpboot/new", "after").replace(site.x / "var/tftpboot/replaced")
    site.write("var/tftpboot/deep/new", "after")
    staged.switch()
    staged.keep()
    assert site.versions() == {"x": "2.0"}
    assert sorted(os.listdir(site.x / "var/tftpboot")) == ["changed", "deep", "replaced"]
    assert {site.read(f"var/tftpboot/{name}") for name in ("changed", "replaced", "deep/new")} == {"after"}
    assert os.listdir(site.plugins) == ["x"]


def test_the_former_version_comes_back_as_it_was(site: Site) -> None:
    site.install(old="1", var__tftpboot__static="1", var__templates__shipped="1")
    site.write("var/tftpboot/phone.cfg", "phone")
    site.write("var/templates/base.tpl", "custom")
    before = contents(site.x)
    staged = site.staged("2.0", var__tftpboot__static="2", var__templates__new="2")
    staged.prepare()
    staged.switch()
    assert site.versions() == {"x": "2.0"}
    with open(site.x / "var/tftpboot/phone.cfg", "r+") as in_place:
        in_place.write("2")
    site.write("var/tftpboot/common.cfg", "2")
    staged.undo()
    assert contents(site.x) == before
    assert os.listdir(site.plugins) == ["x"]


def test_what_was_put_there_by_hand_meanwhile_stays(site: Site) -> None:
    site.install(var__templates__shipped="1")
    staged = site.staged("2.0", var__templates__shipped="2")
    staged.prepare()
    staged.switch()
    site.write("var/templates/added.tpl", "custom")
    site.write("var/cache/firmware.zip", "firmware")
    staged.undo()
    assert (site.read("var/templates/added.tpl"), site.read("var/cache/firmware.zip")) == (
        "custom",
        "firmware",
    )
    assert site.read("var/templates/shipped") == "1"


def test_large_files_take_no_further_space(site: Site) -> None:
    site.install()
    site.write("var/tftpboot/firmware.rom", "x" * 2**20 + "x")
    site.write("var/cache/firmware.zip", "firmware")
    names = ("var/tftpboot/firmware.rom", "var/cache/firmware.zip")
    before = [(site.x / name).stat().st_ino for name in names]
    site.install("2.0")
    assert [(site.x / name).stat().st_ino for name in names] == before


def test_a_file_that_vanishes_meanwhile_is_left_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install()
    site.write("var/tftpboot/a", "site")
    site.write("var/tftpboot/b", "site")
    copy = shutil.copy2

    def vanishing(source: Path, target: str, **options: Any) -> None:
        if source.name == "a":
            source.unlink(missing_ok=True)
        copy(source, target, **options)

    monkeypatch.setattr("shutil.copy2", vanishing)
    site.install("2.0")
    assert site.versions() == {"x": "2.0"}
    assert os.listdir(site.x / "var/tftpboot") == ["b"]


def test_a_package_that_is_not_wanted_any_more_is_given_up(site: Site) -> None:
    answers = iter([True, False])
    with pytest.raises(PluginError, match="isn't wanted any more"):
        StagedPlugin(site.package(), site.plugins, "x", is_wanted=lambda: next(answers))
    assert os.listdir(site.plugins) == []


def test_files_on_another_disk_are_copied(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.install()
    site.write("var/tftpboot/a", "site")

    def other_disk(*arguments: Any, **options: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", other_disk)
    site.install("2.0")
    assert site.read("var/tftpboot/a") == "site"


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

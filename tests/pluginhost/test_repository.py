from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path

import pytest

from provd.errors import PluginError
from provd.pluginhost.deployment import deploy, read_catalog
from provd.pluginhost.repository import build_repository

INFO = {
    "version": "1.0",
    "description": "x",
    "description_fr": "y",
    "capabilities": {"B, M, *": {"lines": 1}},
}


class Repository:
    """
    A folder of plugins ``a`` and ``b``, and the repository made of it.
    """

    def __init__(self, tmp_path: Path) -> None:
        self.sources = tmp_path / "sources"
        self.built = tmp_path / "built"
        self.plugins = tmp_path / "plugins"
        for name in ("a", "b"):
            self.write(f"{name}/plugin-info", json.dumps(INFO))
            self.write(f"{name}/entry.py", "")

    def write(self, name: str, text: str = "") -> Path:
        path = self.sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def names(self, package: str = "a-1.0.tar.bz2") -> list[str]:
        with tarfile.open(self.built / package, "r:bz2") as archive:
            return archive.getnames()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_each_plugin_becomes_a_package_in_the_catalog(repository: Repository) -> None:
    assert build_repository([repository.sources], repository.built) == ["a", "b"]
    assert sorted(os.listdir(repository.built)) == ["a-1.0.tar.bz2", "b-1.0.tar.bz2", "plugins.db"]
    catalog = read_catalog(repository.built)
    assert not catalog.rejected
    entry = catalog.entries["a"]
    assert entry.size == (repository.built / entry.filename).stat().st_size
    assert entry.info == {
        **INFO,
        "filename": entry.filename,
        "dsize": entry.size,
        "sha1sum": entry.sha1,
        "sha256sum": entry.sha256,
    }


def test_only_what_belongs_to_the_plugin_is_packed(repository: Repository) -> None:
    for name in ("common.py", "templates/base.tpl", "pkgs/pkgs.db", "var/tftpboot/logo.bmp"):
        repository.write(f"a/{name}")
    for name in (
        "__pycache__/x.pyc",
        "templates/.x.swp",
        "var/templates/x",
        "var/cache/x",
        "var/config.json",
        "samples/requests.yml",
    ):
        repository.write(f"a/{name}")
    build_repository([repository.sources], repository.built)
    assert repository.names() == [
        *["a", "a/common.py", "a/entry.py", "a/pkgs", "a/pkgs/pkgs.db", "a/plugin-info", "a/templates"],
        *["a/templates/base.tpl", "a/var", "a/var/cache", "a/var/installed", "a/var/templates"],
        *["a/var/tftpboot", "a/var/tftpboot/logo.bmp"],
    ]


def test_the_same_sources_give_the_same_bytes(repository: Repository, tmp_path: Path) -> None:
    build_repository([repository.sources], repository.built)
    before = {path.name: path.read_bytes() for path in repository.built.iterdir()}
    for path in repository.sources.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (1, 1))
    build_repository([repository.sources], repository.built)
    assert {path.name: path.read_bytes() for path in repository.built.iterdir()} == before


def test_packages_belong_to_root_and_are_as_old_as_can_be(repository: Repository) -> None:
    repository.write("a/tool").chmod(0o751)
    build_repository([repository.sources], repository.built)
    with tarfile.open(repository.built / "a-1.0.tar.bz2") as archive:
        members = archive.getmembers()
    assert {(member.uid, member.gid, member.uname, member.gname, member.mtime) for member in members} == {
        (0, 0, "root", "root", 0)
    }
    assert {member.name: oct(member.mode) for member in members if member.isfile()} == {
        "a/entry.py": "0o644",
        "a/plugin-info": "0o644",
        "a/tool": "0o755",
    }


def test_packages_of_former_versions_go(repository: Repository) -> None:
    build_repository([repository.sources], repository.built)
    for name in ("README", "other-1.0.tar.bz2"):
        (repository.built / name).touch()
    repository.write("a/plugin-info", json.dumps({**INFO, "version": "2.0"}))
    build_repository([repository.sources], repository.built)
    assert sorted(os.listdir(repository.built)) == [
        *["README", "a-2.0.tar.bz2", "b-1.0.tar.bz2", "other-1.0.tar.bz2", "plugins.db"]
    ]


def test_a_source_may_be_one_plugin(repository: Repository) -> None:
    assert build_repository([repository.sources / "b"], repository.built) == ["b"]


def test_two_plugins_of_one_id_are_an_error(repository: Repository) -> None:
    with pytest.raises(PluginError, match="is both"):
        build_repository([repository.sources, repository.sources / "b"], repository.built)


@pytest.mark.parametrize(
    ("info", "problem"),
    [
        ('{"version": "1"}', "description is missing"),
        (json.dumps({**INFO, "version": "1/2"}), "no file name"),
    ],
)
def test_a_plugin_that_is_none_is_an_error(repository: Repository, info: str, problem: str) -> None:
    repository.write("a/plugin-info", info)
    with pytest.raises(PluginError, match=problem):
        build_repository([repository.sources], repository.built)


def test_what_cannot_be_packed_is_an_error(repository: Repository) -> None:
    (repository.sources / "b/entry.py").unlink()
    with pytest.raises(PluginError, match=r"b: entry\.py is missing"):
        build_repository([repository.sources], repository.built)
    (repository.sources / "a/link").symlink_to("entry.py")
    with pytest.raises(PluginError, match="a/link is neither"):
        build_repository([repository.sources], repository.built)


def test_a_deployment_installs_what_is_missing_or_changed(repository: Repository) -> None:
    build_repository([repository.sources], repository.built)
    first = deploy(repository.built, repository.plugins)
    assert (first.installed, first.upgraded, first.unchanged, first.failed) == (["a", "b"], [], [], {})
    site_file = repository.plugins / "a/var/tftpboot/phone.cfg"
    site_file.write_text("phone")
    repository.write("a/common.py", "NEW = 1")
    build_repository([repository.sources], repository.built)
    second = deploy(repository.built, repository.plugins)
    assert (second.installed, second.upgraded, second.unchanged, second.failed) == ([], ["a"], ["b"], {})
    assert (repository.plugins / "a/common.py").read_text() == "NEW = 1"
    assert site_file.read_text() == "phone"


def test_a_deployment_may_be_of_some(repository: Repository) -> None:
    build_repository([repository.sources], repository.built)
    result = deploy(repository.built, repository.plugins, ["b", "c"])
    assert result.installed == ["b"]
    assert result.failed == {"c": "the repository doesn't have it"}
    assert os.listdir(repository.plugins) == ["b"]


def test_one_plugin_that_fails_stops_no_other(repository: Repository) -> None:
    build_repository([repository.sources], repository.built)
    (repository.built / "a-1.0.tar.bz2").write_bytes(b"")
    result = deploy(repository.built, repository.plugins)
    assert result.installed == ["b"]
    assert list(result.failed) == ["a"]
    assert "0 bytes instead of" in result.failed["a"]


def test_a_repository_without_catalog_offers_nothing(tmp_path: Path) -> None:
    result = deploy(tmp_path / "nowhere", tmp_path / "plugins")
    assert (result.installed, result.failed) == ([], {})
    assert not (tmp_path / "plugins").exists()


def test_a_damaged_catalog_is_an_error(repository: Repository) -> None:
    repository.built.mkdir()
    (repository.built / "plugins.db").write_text("[]")
    with pytest.raises(ValueError, match="isn't a JSON object"):
        deploy(repository.built, repository.plugins)

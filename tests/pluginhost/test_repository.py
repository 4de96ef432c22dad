from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path

import pytest

from provd.errors import PluginError
from provd.pluginhost.deployment import read_catalog
from provd.pluginhost.repository import build_repository
from provd.pluginkit.files import replace_file
from tests.pluginhost.sources import INFO, Sources


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path)


def test_each_plugin_becomes_a_package_in_the_catalog(sources: Sources) -> None:
    assert sources.build() == ["a", "b"]
    assert sorted(os.listdir(sources.built)) == ["a-1.0.tar.bz2", "b-1.0.tar.bz2", "plugins.db"]
    catalog = read_catalog(sources.built)
    assert not catalog.rejected
    entry = catalog.entries["a"]
    assert entry.size == (sources.built / entry.filename).stat().st_size
    assert entry.info == {
        **INFO,
        "filename": entry.filename,
        "dsize": entry.size,
        "sha1sum": entry.sha1,
        "sha256sum": entry.sha256,
    }


def test_only_what_belongs_to_the_plugin_is_packed(sources: Sources) -> None:
    for name in ("common.py", "templates/base.tpl", "pkgs/pkgs.db", "var/tftpboot/logo.bmp"):
        sources.write(f"a/{name}")
    for name in (
        "__pycache__/x.pyc",
        "templates/.x.swp",
        "var/templates/x",
        "var/cache/x",
        "var/config.json",
        "samples/requests.yml",
        "tests/test_it.py",
    ):
        sources.write(f"a/{name}")
    sources.build()
    assert sources.names() == [
        *["a", "a/common.py", "a/entry.py", "a/pkgs", "a/pkgs/pkgs.db", "a/plugin-info", "a/templates"],
        *["a/templates/base.tpl", "a/var", "a/var/cache", "a/var/installed", "a/var/templates"],
        *["a/var/tftpboot", "a/var/tftpboot/logo.bmp"],
    ]


def test_the_same_sources_give_the_same_bytes(sources: Sources, tmp_path: Path) -> None:
    sources.build()
    before = {path.name: path.read_bytes() for path in sources.built.iterdir()}
    for path in sources.folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (1, 1))
    sources.build()
    assert {path.name: path.read_bytes() for path in sources.built.iterdir()} == before


def test_packages_belong_to_root_and_are_as_old_as_can_be(sources: Sources) -> None:
    sources.write("a/tool").chmod(0o751)
    sources.build()
    with tarfile.open(sources.built / "a-1.0.tar.bz2") as archive:
        members = archive.getmembers()
    assert {(member.uid, member.gid, member.uname, member.gname, member.mtime) for member in members} == {
        (0, 0, "root", "root", 0)
    }
    assert {member.name: oct(member.mode) for member in members if member.isfile()} == {
        "a/entry.py": "0o644",
        "a/plugin-info": "0o644",
        "a/tool": "0o755",
    }


def test_packages_of_former_versions_go(sources: Sources) -> None:
    sources.build()
    for name in ("README", "other-1.0.tar.bz2"):
        (sources.built / name).touch()
    sources.write("a/plugin-info", json.dumps({**INFO, "version": "2.0"}))
    sources.build()
    assert sorted(os.listdir(sources.built)) == [
        *["README", "a-2.0.tar.bz2", "b-1.0.tar.bz2", "other-1.0.tar.bz2", "plugins.db"]
    ]


def test_who_reads_meanwhile_finds_each_package_of_the_index(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources.build()
    steps: list[str] = []

    def replace_and_read(path: Path, data: bytes, mode: int) -> None:
        replace_file(path, data, mode)
        steps.append(path.name)
        for entry in read_catalog(sources.built).entries.values():
            assert (sources.built / entry.filename).exists()

    monkeypatch.setattr("provd.pluginhost.repository.replace_file", replace_and_read)
    for name in ("a", "b"):
        sources.write(f"{name}/plugin-info", json.dumps({**INFO, "version": "2.0"}))
    sources.build()
    assert steps == ["a-2.0.tar.bz2", "b-2.0.tar.bz2", "plugins.db"]


def test_a_source_may_be_one_plugin(sources: Sources) -> None:
    assert build_repository([sources.folder / "b"], sources.built) == ["b"]


@pytest.mark.parametrize("name", ["acme", "acme/.", "acme/templates/.."])
def test_a_plugin_s_folder_may_be_reached_through_a_link(sources: Sources, name: str) -> None:
    sources.write("b/templates/base.tpl")
    (sources.folder / "acme").symlink_to("b")
    assert build_repository([sources.folder / name], sources.built) == ["acme"]
    assert "acme/templates/base.tpl" in sources.names("acme-1.0.tar.bz2")


def test_what_lies_beside_plugins_is_passed_over(sources: Sources) -> None:
    for name in ("README.rst", "docs/index.rst", ".git/entry.py"):
        sources.write(name)
    repository = sources.folder / "repository"
    for _ in range(2):
        assert build_repository([sources.folder], repository) == ["a", "b"]


def test_a_source_without_plugins_is_an_error_and_removes_nothing(sources: Sources) -> None:
    sources.build()
    with pytest.raises(PluginError, match=r"nor a folder in it has an entry\.py"):
        build_repository([sources.folder / "a", sources.built], sources.built)
    assert sorted(os.listdir(sources.built)) == ["a-1.0.tar.bz2", "b-1.0.tar.bz2", "plugins.db"]


def test_a_repository_in_a_plugin_s_own_folder_is_an_error(sources: Sources) -> None:
    with pytest.raises(PluginError, match="its own folder"):
        build_repository([sources.folder], sources.folder / "a" / "built")
    assert not (sources.folder / "a" / "built").exists()


def test_two_plugins_with_one_file_name_are_an_error(sources: Sources) -> None:
    sources.write("a/plugin-info", json.dumps({**INFO, "version": "1-2"}))
    sources.write("a-1/plugin-info", json.dumps({**INFO, "version": "2"}))
    sources.write("a-1/entry.py")
    with pytest.raises(PluginError, match=r"another plugin's, too: 'a-1-2\.tar\.bz2'"):
        sources.build()


def test_two_plugins_of_one_id_are_an_error(sources: Sources) -> None:
    with pytest.raises(PluginError, match="is both"):
        build_repository([sources.folder, sources.folder / "b"], sources.built)


@pytest.mark.parametrize(
    ("info", "problem"),
    [
        ('{"version": "1"}', "description is missing"),
        (json.dumps({**INFO, "version": "1/2"}), "no file name"),
        (json.dumps({**INFO, "vendor": float("nan")}), "not JSON compliant"),
        (json.dumps({**INFO, "vendor": "\ud800"}), "surrogates not allowed"),
    ],
)
def test_a_plugin_that_is_none_is_an_error(sources: Sources, info: str, problem: str) -> None:
    sources.write("a/plugin-info", info)
    with pytest.raises(PluginError, match=problem):
        sources.build()


def test_what_cannot_be_packed_is_an_error(sources: Sources) -> None:
    (sources.folder / "b/entry.py").unlink()
    with pytest.raises(PluginError, match=r"b: entry\.py is missing"):
        sources.build()
    (sources.folder / "a/link").symlink_to("entry.py")
    with pytest.raises(PluginError, match="a/link is neither"):
        sources.build()


def test_a_name_that_no_server_unpacks_is_an_error(sources: Sources) -> None:
    sources.write("a/bad\nname")
    with pytest.raises(PluginError, match="a bad name"):
        sources.build()


def test_one_plugin_that_cannot_be_packed_leaves_the_repository_as_it_was(sources: Sources) -> None:
    sources.build()
    before = {path.name: path.read_bytes() for path in sources.built.iterdir()}
    sources.write("a/common.py", "NEW = 1")
    (sources.folder / "b/entry.py").unlink()
    with pytest.raises(PluginError):
        sources.build()
    assert {path.name: path.read_bytes() for path in sources.built.iterdir()} == before


def test_a_former_index_removes_nothing_but_packages(sources: Sources) -> None:
    sources.build()
    index = json.loads((sources.built / "plugins.db").read_text())
    for name in ("notes.txt", "plugins.db"):
        (sources.built / name).touch()
        index[name] = {**index["a"], "filename": name}
    (sources.built / "plugins.db").write_text(json.dumps(index))
    sources.build()
    assert {"notes.txt", "plugins.db"} < set(os.listdir(sources.built))
    (sources.built / "plugins.db").write_text("damaged")
    sources.build()
    assert read_catalog(sources.built).entries.keys() == {"a", "b"}

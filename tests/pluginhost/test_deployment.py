from __future__ import annotations

import os
from pathlib import Path

import pytest

from provd.pluginhost.deployment import deploy
from tests.pluginhost.sources import Sources


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path)


def test_a_deployment_installs_what_is_missing_or_changed(sources: Sources) -> None:
    sources.build()
    first = deploy(sources.built, sources.plugins)
    assert (first.installed, first.upgraded, first.unchanged, first.failed) == (["a", "b"], [], [], {})
    site_file = sources.plugins / "a/var/tftpboot/phone.cfg"
    site_file.write_text("phone")
    sources.write("a/common.py", "NEW = 1")
    sources.build()
    second = deploy(sources.built, sources.plugins)
    assert (second.installed, second.upgraded, second.unchanged, second.failed) == ([], ["a"], ["b"], {})
    assert (sources.plugins / "a/common.py").read_text() == "NEW = 1"
    assert site_file.read_text() == "phone"


def test_a_deployment_may_be_of_some(sources: Sources) -> None:
    sources.build()
    result = deploy(sources.built, sources.plugins, ["b", "c"])
    assert result.installed == ["b"]
    assert result.failed == {"c": "the repository doesn't have it"}
    assert os.listdir(sources.plugins) == ["b"]


def test_one_plugin_that_fails_stops_no_other(sources: Sources) -> None:
    sources.build()
    (sources.built / "a-1.0.tar.bz2").write_bytes(b"")
    result = deploy(sources.built, sources.plugins)
    assert result.installed == ["b"]
    assert list(result.failed) == ["a"]
    assert "0 bytes instead of" in result.failed["a"]


def test_a_repository_without_catalog_offers_nothing(tmp_path: Path) -> None:
    result = deploy(tmp_path / "nowhere", tmp_path / "plugins")
    assert (result.installed, result.failed) == ([], {})
    assert not (tmp_path / "plugins").exists()


def test_a_damaged_catalog_is_an_error(sources: Sources) -> None:
    sources.built.mkdir()
    (sources.built / "plugins.db").write_text("[]")
    with pytest.raises(ValueError, match="isn't a JSON object"):
        deploy(sources.built, sources.plugins)


def test_a_deployment_may_be_of_those_that_were_installed_from_a_package(sources: Sources) -> None:
    sources.build()
    deploy(sources.built, sources.plugins, ["a"])
    own = sources.plugins / "b"
    own.mkdir()
    (own / "entry.py").write_text("# the site's own")
    for name in ("a", "b"):
        sources.write(f"{name}/common.py", "NEW = 1")
    sources.build()
    result = deploy(sources.built, sources.plugins, "installed")
    assert (result.installed, result.upgraded, result.unchanged, result.failed) == ([], ["a"], [], {})
    assert os.listdir(own) == ["entry.py"]

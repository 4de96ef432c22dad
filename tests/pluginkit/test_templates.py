from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from jinja2 import StrictUndefined, TemplateNotFound, UndefinedError

from provd.pluginkit.base import StandardPlugin
from provd.pluginkit.files import OutsideFolder
from provd.pluginkit.templates import TemplatePluginHelper


class Folders:
    """
    A plugin's two template folders and what is rendered from them.
    """

    def __init__(self, plugin_dir: Path) -> None:
        self.shipped = plugin_dir / "templates"
        self.custom = plugin_dir / "var" / "templates"
        self.shipped.mkdir(parents=True)
        self.custom.mkdir(parents=True)
        self.helper = TemplatePluginHelper(str(plugin_dir))

    def rendered(self, name: str, **context: Any) -> bytes:
        return self.helper.render(self.helper.get_template(name), context)

    def name_for(self, filename: str | None, device: dict[str, Any]) -> str | None:
        return self.helper.get_dev_template(filename, device).name


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def write(path: Path, text: str, age_seconds: int = 60) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    os.utime(path, (1_700_000_000 - age_seconds, 1_700_000_000 - age_seconds))


def test_the_administrators_template_comes_first(folders: Folders) -> None:
    write(folders.shipped / "base.tpl", "shipped")
    write(folders.custom / "base.tpl", "custom")
    assert folders.rendered("base.tpl") == b"custom"


def test_a_custom_parent_and_a_custom_part_are_found(folders: Folders) -> None:
    write(
        folders.shipped / "T46.tpl",
        "{% extends 'base.tpl' %}{% block b %}{% include 'common/x.tpl' %}{% endblock %}",
    )
    write(folders.shipped / "base.tpl", "shipped {% block b %}{% endblock %}")
    write(folders.shipped / "common" / "x.tpl", "part")
    assert folders.rendered("T46.tpl") == b"shipped part"
    write(folders.custom / "base.tpl", "custom {% block b %}{% endblock %}")
    write(folders.custom / "common" / "x.tpl", "own part")
    assert folders.rendered("T46.tpl") == b"custom own part"


def test_each_change_is_seen_at_the_next_use(folders: Folders) -> None:
    write(folders.shipped / "base.tpl", "one")
    assert folders.rendered("base.tpl") == b"one"
    write(folders.shipped / "base.tpl", "two")
    assert folders.rendered("base.tpl") == b"two"
    write(folders.custom / "base.tpl", "custom")
    assert folders.rendered("base.tpl") == b"custom"
    write(folders.custom / "base.tpl", "custom 2")
    assert folders.rendered("base.tpl") == b"custom 2"
    (folders.custom / "base.tpl").unlink()
    assert folders.rendered("base.tpl") == b"two"
    (folders.shipped / "base.tpl").unlink()
    with pytest.raises(TemplateNotFound):
        folders.rendered("base.tpl")


def test_changes_within_one_tick_of_the_clock_are_seen(folders: Folders) -> None:
    for text in ("a", "b", "c", "d"):
        write(folders.shipped / "base.tpl", text, age_seconds=0)
        assert folders.rendered("base.tpl") == text.encode()


def test_an_unchanged_template_is_compiled_once(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provd.pluginkit.templates._CLOCK_TICK_NS", 0)
    write(folders.shipped / "base.tpl", "text")
    assert folders.helper.get_template("base.tpl") is folders.helper.get_template("base.tpl")


def test_the_most_special_template_of_a_device_wins(folders: Folders) -> None:
    device = {"model": "T46S"}
    write(folders.shipped / "base.tpl", "")
    assert folders.name_for("001565aa0b1c.cfg", device) == "base.tpl"
    write(folders.shipped / "T46S.tpl", "")
    assert folders.name_for("001565aa0b1c.cfg", device) == "T46S.tpl"
    write(folders.custom / "001565aa0b1c.cfg.tpl", "")
    assert folders.name_for("001565aa0b1c.cfg", device) == "001565aa0b1c.cfg.tpl"
    assert folders.name_for(None, device) == "T46S.tpl"
    assert folders.name_for(None, {}) == "base.tpl"


@pytest.mark.parametrize("model", ["../../etc/passwd", "a\0b", "x" * 5000, "/T46S", "common", "é\ud800"])
def test_a_hostile_model_leads_to_the_base_template(folders: Folders, model: str) -> None:
    write(folders.shipped / "base.tpl", "")
    (folders.shipped / "common.tpl").mkdir()
    assert folders.name_for(None, {"model": model}) == "base.tpl"


def test_no_template_at_all_is_an_error(folders: Folders) -> None:
    with pytest.raises(TemplateNotFound):
        folders.helper.get_dev_template("x", {"model": "T46S"})


@pytest.mark.parametrize("name", ["../entry.py", "nothing.tpl", "/etc/passwd"])
def test_names_outside_of_the_folders_are_not_found(folders: Folders, name: str) -> None:
    with pytest.raises(TemplateNotFound):
        folders.helper.get_template(name)


def test_names_that_the_context_lacks_are_empty(folders: Folders) -> None:
    write(folders.shipped / "base.tpl", "[{{ absent }}{{ absent|d('x') }}]{% if absent %}y{% endif %}")
    assert folders.rendered("base.tpl") == b"[x]"


def test_a_test_may_ask_for_strict_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TemplatePluginHelper, "UNDEFINED", StrictUndefined)
    folders = Folders(tmp_path)
    write(folders.shipped / "base.tpl", "{{ absent }}")
    with pytest.raises(UndefinedError):
        folders.rendered("base.tpl")


def test_nothing_is_escaped_and_the_last_line_feed_goes(folders: Folders) -> None:
    write(folders.shipped / "base.tpl", "{{ a }} {{ b|e }}\n")
    assert folders.rendered("base.tpl", a="<&>", b="<&>") == b"<&> &lt;&amp;&gt;"


def test_text_is_encoded_as_asked(folders: Folders) -> None:
    write(folders.shipped / "base.tpl", "é€")
    template = folders.helper.get_template("base.tpl")
    assert folders.helper.render(template, {}) == "é€".encode()
    assert folders.helper.render(template, {}, "ISO-8859-1") == b"\xe9?"
    assert folders.helper.render(template, {}, "ascii", "ignore") == b""
    assert template.render({}) == "é€"


def test_a_dump_writes_what_was_rendered(folders: Folders, tmp_path: Path) -> None:
    write(folders.shipped / "base.tpl", "{{ x }}")
    template = folders.helper.get_template("base.tpl")
    path = tmp_path / "phone.cfg"
    folders.helper.dump(template, {"x": "é"}, str(path), "ISO-8859-1")
    assert path.read_bytes() == b"\xe9"
    inode = path.stat().st_ino
    folders.helper.dump(template, {"x": "é"}, str(path), "ISO-8859-1")
    assert path.stat().st_ino == inode


def test_a_dump_that_cannot_be_encoded_changes_nothing(folders: Folders, tmp_path: Path) -> None:
    write(folders.shipped / "base.tpl", "€")
    path = tmp_path / "phone.cfg"
    path.write_bytes(b"former")
    with pytest.raises(UnicodeEncodeError):
        folders.helper.dump(folders.helper.get_template("base.tpl"), {}, path, "ascii")
    assert path.read_bytes() == b"former"


class Plugin(StandardPlugin):
    """
    Names its files as third-party plugins do: by what a phone tells of itself.
    """

    def __init__(self, plugin_dir: str) -> None:
        super().__init__(None, plugin_dir, {}, {})
        self._helper = TemplatePluginHelper(plugin_dir)

    def configure(self, device: dict[str, Any], raw_config: dict[str, Any]) -> None:
        template = self._helper.get_dev_template(None, device)
        self._helper.dump(template, raw_config, os.path.join(self._tftpboot_dir, device["model"] + ".cfg"))


@pytest.fixture
def plugin_dir(tmp_path: Path) -> Path:
    plugin_dir = tmp_path / "plugins" / "acme"
    folders = Folders(plugin_dir)
    write(folders.shipped / "base.tpl", "content")
    (plugin_dir / "var" / "tftpboot").mkdir()
    return plugin_dir


def test_a_file_stays_below_the_served_folder(plugin_dir: Path) -> None:
    plugin = Plugin(str(plugin_dir))
    (plugin_dir / "var" / "tftpboot" / "Acme").mkdir()
    before = sorted(plugin_dir.parent.rglob("*"))
    for model in ("../x", "../../templates/base", "../../../../x", "Acme/../../x", "/tmp/x"):
        with pytest.raises(OutsideFolder):
            plugin.configure({"model": model}, {})
    for model in ("a\0b", "\ud800"):
        with pytest.raises(ValueError):
            plugin.configure({"model": model}, {})
    for model in ("x" * 300, "missing/x"):
        with pytest.raises(OSError):
            plugin.configure({"model": model}, {})
    assert sorted(plugin_dir.parent.rglob("*")) == before
    for model in ("X1", "Acme/X1", "Acme/../X2"):
        plugin.configure({"model": model}, {})
    assert {path.name for path in (plugin_dir / "var" / "tftpboot").rglob("*.cfg")} == {
        "X1.cfg",
        "X2.cfg",
    }


@pytest.mark.parametrize(
    "linked", ["plugins", "plugins/acme", "plugins/acme/var", "plugins/acme/var/tftpboot"]
)
def test_a_folder_that_a_site_has_linked_elsewhere_works(
    plugin_dir: Path, tmp_path: Path, linked: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / linked).rename(elsewhere)
    (tmp_path / linked).symlink_to(elsewhere)
    Plugin(str(plugin_dir)).configure({"model": "X1"}, {})
    assert (plugin_dir / "var" / "tftpboot" / "X1.cfg").read_bytes() == b"content"
    with pytest.raises(OutsideFolder):
        Plugin(str(plugin_dir)).configure({"model": "../X1"}, {})


def test_a_relative_name_is_below_the_plugins_folder(plugin_dir: Path) -> None:
    helper = TemplatePluginHelper(str(plugin_dir))
    template = helper.get_template("base.tpl")
    for name in ("var/x.cfg", os.fsencode(plugin_dir / "var" / "y.cfg"), plugin_dir / "var" / "z.cfg"):
        helper.dump(template, {}, name)
    assert {path.name for path in (plugin_dir / "var").glob("*.cfg")} == {"x.cfg", "y.cfg", "z.cfg"}
    for name in ("../x.cfg", "/tmp/provd-never.cfg"):
        with pytest.raises(OutsideFolder):
            helper.dump(template, {}, name)


def test_a_custom_template_that_is_not_utf_8_is_an_error(folders: Folders) -> None:
    write(folders.shipped / "base.tpl", "shipped")
    (folders.custom / "base.tpl").write_bytes(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        folders.rendered("base.tpl")

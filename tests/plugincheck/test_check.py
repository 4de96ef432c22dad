from __future__ import annotations

import json
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from provd.plugincheck.check import check_plugin
from provd.plugins import TemplatePluginHelper
from tests.plugincheck.acme import GOOD, INFO, changed, report, write, wrong
from tests.support import result_of


def test_nothing_is_wrong_with_a_good_plugin(tmp_path: Path) -> None:
    found = report(tmp_path, GOOD)
    assert found.mistakes == []
    assert found.tried == {"templates": 1, "packages": 0, "phone classes": 0, "requests": 1, "devices": 1}


def test_the_folder_stays_as_it_is(tmp_path: Path) -> None:
    files = changed(
        "entry.py",
        "    def configure(",
        "    def configure_common(self, raw_config):\n"
        "        os.remove(os.path.join(self._plugin_dir, 'plugin-info'))\n\n    def configure(",
    )
    assert wrong(tmp_path, files) == []
    kept = {str(path.relative_to(tmp_path / "acme")) for path in tmp_path.rglob("*") if path.is_file()}
    assert kept == set(files)


def test_templates_are_lenient_again_afterwards(tmp_path: Path) -> None:
    before = TemplatePluginHelper.UNDEFINED
    report(tmp_path, GOOD)
    assert TemplatePluginHelper.UNDEFINED is before


def test_what_belongs_to_the_site_is_left_out(tmp_path: Path) -> None:
    write(
        tmp_path / "acme", {"var/templates/base.tpl": "{{ nothing_of_that_name }}", "templates/var/x.tpl": ""}
    )
    files = changed("templates/base.tpl", "{{", "{% include 'var/x.tpl' %}{{")
    assert wrong(tmp_path, files) == []


def test_files_that_the_plugin_ships_for_phones_are_there(tmp_path: Path) -> None:
    files = changed(
        "entry.py",
        "        template =",
        "        open(os.path.join(self._tftpboot_dir, 'logo.bmp')).close()\n        template =",
    )
    assert wrong(tmp_path / "without", files)
    assert wrong(tmp_path / "with", {**files, "var/tftpboot/logo.bmp": ""}) == []


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ('"version": "1", ', "", "version is missing"),
        ("A1, *", "A1", "capabilities: 'Acme, A1' isn't of the form 'Vendor, Model, Version'"),
        ('"sip"', '"h323"', "capabilities: Acme, A1, *: protocol must be one of sccp, sip"),
        ('"sip"', '["sip"]', "capabilities: Acme, A1, *: protocol must be one of sccp, sip"),
        ('"lines": 1', '"lines": true', "capabilities: Acme, A1, *: lines must be a number"),
        ('"Acme", "cap', '"Acme", "description_fr": 1, "cap', "description_fr must be text"),
        (
            '{"ver',
            '{"plugin_iface_version_min": 9, "ver',
            "plugin_iface_version_min is 9, this daemon has 0.2",
        ),
        (
            '{"ver',
            '{"plugin_iface_version_max": 0, "ver',
            "plugin_iface_version_max is 0, this daemon has 0.2",
        ),
    ],
)
def test_mistake_of_what_it_says_of_itself(tmp_path: Path, old: str, new: str, mistake: str) -> None:
    assert wrong(tmp_path, changed("plugin-info", old, new)) == [f"plugin-info: {mistake}"]


def test_plugin_info_that_is_no_json(tmp_path: Path) -> None:
    (mistake,) = wrong(tmp_path, {**GOOD, "plugin-info": "{"})
    assert mistake.startswith("plugin-info: plugin-info isn't JSON in UTF-8: ")


def test_wrong_id(tmp_path: Path) -> None:
    found = result_of(check_plugin(write(tmp_path / "ac me", GOOD), Clock())).mistakes
    assert found == [("plugin-info", "'ac me' can't be a plugin's id")]


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("import os", "import no_such_module",
         "ModuleNotFoundError: No module named 'no_such_module' at entry.py, line 2"),
        ("import os", "import os, sys; sys.exit(3)", "SystemExit: 3 at entry.py, line 2"),
        ("import os", "raise BaseException()", "raised BaseException at entry.py, line 2"),
        ("import os", "def f(:", "SyntaxError: invalid syntax (entry.py, line 2)"),
        ("    IS_PLUGIN = True\n", "", "entry.py defines no class derived from Plugin with IS_PLUGIN = True"),
        ("        super()", "        spec_cfg['username']\n        super()",
         "KeyError: 'username' at entry.py, line 22"),
    ],
)  # fmt: skip
def test_plugin_that_cannot_be_loaded(tmp_path: Path, old: str, new: str, mistake: str) -> None:
    assert wrong(tmp_path, changed("entry.py", old, new)) == [f"entry.py: {mistake}"]


def test_missing_entry(tmp_path: Path) -> None:
    (mistake,) = wrong(tmp_path, {name: text for name, text in GOOD.items() if name != "entry.py"})
    assert mistake.startswith("entry.py: FileNotFoundError: ")


def test_general_settings_are_there_as_in_the_daemon(tmp_path: Path) -> None:
    files = changed(
        "entry.py", "        super()", "        gen_cfg['proxies'], gen_cfg['tftp_port']\n        super()"
    )
    assert wrong(tmp_path, files) == []


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[pkg_x]\n", "pkgs.db: [pkg_x] has no version"),
        ("[other]\n", "pkgs.db: [other]"),
        ("[install_x]\na-b: frobnicate\n", "pkgs.db: "),
    ],
)
def test_mistake_of_packages(tmp_path: Path, text: str, mistake: str) -> None:
    (found,) = [line for line in wrong(tmp_path, {**GOOD, "pkgs/pkgs.db": text}) if line.startswith("pkgs: ")]
    assert mistake in found


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    files = {
        **GOOD,
        "plugin-info": json.dumps({**INFO, "plugin_iface_version_min": 9}),
        "entry.py": GOOD["entry.py"].replace("return 500", "return 200"),
        "templates/other.tpl": "{% if",
        "pkgs/pkgs.db": "[x]\n",
        "samples/requests.yml": "- {agent: Acme A2, tells: {}}\n",
        "samples/devices.yml": "[]\n",
    }
    parts = [mistake.partition(": ")[0] for mistake in wrong(tmp_path, files)]
    expected = ["plugin-info", "templates", "pkgs", "associator", "samples/requests.yml", "samples"]
    assert parts == expected


def test_failing_end(tmp_path: Path) -> None:
    files = {**GOOD, "entry.py": GOOD["entry.py"] + "\n    def close(self):\n        self.thread.stop()\n"}
    (mistake,) = wrong(tmp_path, files)
    assert mistake.startswith("close: failed: AttributeError: ")

"""
``provd-cli plugin check``, run as an author of plugins does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGINS = [*sorted((ROOT / "plugins").glob("*/")), *sorted((ROOT / "tests/plugins/thirdparty").glob("*-*/"))]
ENTRY = """
import os
from provd.devices.pgasso import BasePgAssociator
from provd.plugins import StandardPlugin, TemplatePluginHelper

class Extractor:
    def extract(self, request, request_type):
        agent = request.getHeader(b"User-Agent")
        return {"vendor": "Acme", "model": agent.decode().split()[1]} if agent else None

class Associator(BasePgAssociator):
    def _do_associate(self, vendor, model, version):
        return 500 if vendor == "Acme" else 0

class AcmePlugin(StandardPlugin):
    IS_PLUGIN = True
    http_dev_info_extractor = Extractor()
    pg_associator = Associator()

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._templates = TemplatePluginHelper(plugin_dir)

    def configure(self, device, raw_config):
        template = self._templates.get_dev_template(None, device)
        self._templates.dump(template, raw_config, os.path.join(self._tftpboot_dir, self._name(device)))

    def _name(self, device):
        return device["mac"].replace(":", "") + ".cfg"

    def deconfigure(self, device):
        os.remove(os.path.join(self._tftpboot_dir, self._name(device)))

    def get_remote_state_trigger_filename(self, device):
        return self._name(device)
"""
INFO = {
    "version": "1",
    "description": "Acme",
    "capabilities": {"Acme, A1, *": {"lines": 1, "protocol": "sip"}},
}
GOOD = {
    "entry.py": ENTRY,
    "plugin-info": json.dumps(INFO),
    "templates/base.tpl": "{{ sip_lines|length }}\n",
    "samples/requests.yml": "- {agent: Acme A1, tells: {vendor: Acme, model: A1}}\n- {file: x, tells: {}}\n",
    "samples/devices.yml": "A1: {device: {model: A1}, config: full}\n",
}


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("provd-cli")), "plugin", "check", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda path: path.name)
def test_plugins_of_the_repository_are_right(folder: Path) -> None:
    before = sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts)
    checked = check(folder)
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
    assert checked.stdout.startswith(f"{folder.name}: nothing wrong with")
    assert sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts) == before


def test_what_was_tried_is_told(tmp_path: Path) -> None:
    checked = check(write(tmp_path / "acme", **GOOD))
    assert checked.stdout == "acme: nothing wrong with 1 templates, 0 packages, 2 requests, 1 devices\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "mistake"),
    [
        ("plugin-info", '"version": "1", ', "", "plugin-info: plugin-info: version is missing"),
        ("plugin-info", "A1, *", "A1", "capabilities: 'Acme, A1' isn't of the form"),
        ("plugin-info", '"sip"', '"h323"', "protocol must be one of sccp, sip"),
        ("plugin-info", '"lines": 1', '"lines": true', "lines must be a number"),
        (
            "plugin-info",
            '"version"',
            '"plugin_iface_version_min": 9, "version"',
            "plugin_iface_version_min is 9",
        ),
        (
            "entry.py",
            "import os",
            "import nothing_of_that_name",
            "entry.py: entry.py failed: ModuleNotFoundError",
        ),
        ("entry.py", "IS_PLUGIN = True", "", "entry.py defines no class"),
        ("entry.py", "return 500", "return 200", "the associator gives 200"),
        ("entry.py", "return 500", "raise KeyError(1)", "the associator failed: KeyError: 1"),
        ("entry.py", ".split()[1]", "", "sample 1 tells {'vendor': 'Acme', 'model': 'Acme A1'} instead of"),
        ("entry.py", ".split()[1]", ".split()[7]", "sample 1 tells IndexError"),
        ("entry.py", 'replace(":", "") +', 'replace(":", "") + "x" +', ""),
        (
            "entry.py",
            "        os.remove(",
            "        str(",
            "devices: A1: deconfigure leaves 001565aa0b1c.cfg",
        ),
        (
            "entry.py",
            "return self._name(device)",
            'return "x"',
            "the trigger file x isn't one that was written",
        ),
        ("entry.py", "self._tftpboot_dir, self", "'/../../../out', self", ""),
        ("templates/base.tpl", "{{", "{%", "templates: base.tpl, line 1: "),
        (
            "templates/base.tpl",
            "sip_lines|length",
            "sip_line",
            "A1: configure failed: 'sip_line' is undefined in base.tpl, line 1",
        ),
        ("templates/base.tpl", "sip_lines|length", "none", "001565aa0b1c.cfg has the text None"),
        ("samples/requests.yml", "agent", "user", "sample 1 has no agent or path"),
        ("samples/requests.yml", "- {", "- {{", "samples/requests.yml can't be read"),
        ("samples/devices.yml", "full", "other", "A1 isn't a sample: 'other'"),
        ("samples/devices.yml", "A1: {", "- {", "samples"),
        ("pkgs/pkgs.db", "", "[pkg_x]\n", "pkgs: pkgs.db: [pkg_x] has no version"),
    ],
)
def test_each_mistake_is_told(tmp_path: Path, name: str, old: str, new: str, mistake: str) -> None:
    files = {**GOOD, name: GOOD.get(name, "").replace(old, new) if old else new}
    checked = check(write(tmp_path / "acme", **files))
    if mistake:
        assert checked.returncode == 1
        assert mistake in checked.stdout
    assert checked.stderr == ""


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    files = {**GOOD, "templates/other.tpl": "{% if", "pkgs/pkgs.db": "[x]\n"}
    assert len(check(write(tmp_path / "acme", **files)).stdout.splitlines()) == 2


def test_what_is_no_folder_is_a_wrong_use(tmp_path: Path) -> None:
    assert check(tmp_path / "nowhere").returncode == 2

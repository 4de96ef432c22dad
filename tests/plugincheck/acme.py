"""
A plugin with nothing wrong, for tests to put something wrong into.
"""

from __future__ import annotations

import json
from pathlib import Path

from twisted.internet.task import Clock

from provd.plugincheck.check import Report, check_plugin
from tests.support import result_of

ENTRY = """
import os
from provd.devices.pgasso import BasePgAssociator
from provd.plugins import StandardPlugin, TemplatePluginHelper

class Extractor:
    def extract(self, request, request_type):
        agent = request.getHeader(b"User-Agent") or b""
        if agent.startswith(b"Acme "):
            return {"vendor": "Acme", "model": agent.decode().split()[1]}

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
        return self._name(device) if "mac" in device else None

    def is_sensitive_filename(self, filename):
        return filename.endswith(".cfg")
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
    "samples/requests.yml": "- {agent: Acme A1, tells: {vendor: Acme, model: A1}}\n",
    "samples/devices.yml": "A1: {device: {model: A1}, config: full}\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    """
    Write a plugin's files into its folder.
    """
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """
    Return the good plugin with other text in one place of one file.
    """
    assert GOOD[name].count(old) == 1, old
    return {**GOOD, name: GOOD[name].replace(old, new)}


def report(folder: Path, files: dict[str, str]) -> Report:
    """
    Return what a check of a plugin with these files finds.
    """
    return result_of(check_plugin(write(folder / "acme", files), Clock()))


def wrong(folder: Path, files: dict[str, str]) -> list[str]:
    """
    Return all that a check finds wrong, as the command prints it.
    """
    return [f"{mistake.part}: {mistake.text}" for mistake in report(folder, files).mistakes]

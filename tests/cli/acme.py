"""
A plugin with a parameter and a package of firmware, published.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from provd.pluginhost.repository import build_repository
from tests.cli.servers import Web

ENTRY = """
import os

from provd.plugins import FetchfwPluginHelper, StandardPlugin
from provd.services import (
    BaseConfigurationService, DictConfigurationServiceParameter, JsonConfigPersister,
    PersistentConfigurationServiceDecorator,
)


class Acme(StandardPlugin):
    IS_PLUGIN = True

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        helper = FetchfwPluginHelper(plugin_dir, FetchfwPluginHelper.new_downloaders(gen_cfg.get('proxies')))
        values = {}
        service = BaseConfigurationService({
            'account': DictConfigurationServiceParameter(values, 'account', description='The account'),
            'password': DictConfigurationServiceParameter(values, 'password', description='Its password'),
        })
        persister = JsonConfigPersister(os.path.join(plugin_dir, 'var', 'config.json'))
        self.services = {
            'configure': PersistentConfigurationServiceDecorator(service, persister),
            **helper.services(),
        }

    def configure(self, device, raw_config):
        pass

    def synchronize(self, device, raw_config):
        if device.get('description') == 'broken':
            raise Exception('no')
"""
PACKAGES = """\
[pkg_fw]
version: 1.2
description: Firmware of the A1
files: fw
install: fw

[file_fw]
url: {url}
size: {size}
sha1sum: {sha1}

[install_fw]
a-b: cp $FILE1 ./
"""
FIRMWARE = b"firmware" * 20_000


def publish(folder: Path, web: Web, version: str = "1.0") -> None:
    """
    Write the plugin, and publish it in that version.

    :param folder: where its source goes.
    """
    source = folder / "acme"
    (source / "pkgs").mkdir(parents=True, exist_ok=True)
    info = {"version": version, "description": "Acme's phones", "capabilities": {}}
    (source / "plugin-info").write_text(json.dumps(info))
    (source / "entry.py").write_text(ENTRY)
    digest = hashlib.sha1(FIRMWARE).hexdigest()
    packages = PACKAGES.format(url=f"{web.url}/files/fw.bin", size=len(FIRMWARE), sha1=digest)
    (source / "pkgs" / "pkgs.db").write_text(packages)
    (web.folder / "fw.bin").write_bytes(FIRMWARE)
    build_repository([source], web.folder / "plugins")

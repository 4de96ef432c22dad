"""
The plugin itself: which files a phone has, and where the pieces of their context come from.
"""

import re
from functools import cached_property

from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.plugin import FamilyPlugin, base_url
from provd.pluginkit.family.tables import tables
from provd.pluginkit.family.values import single_lines

# One module in pieces: they share these globals.
for _piece in ("names.py", "sip.py", "keys.py", "system.py", "firmware.py", "presentation.py"):
    execfile_(_piece, globals())


class BaseFanvilPlugin(FamilyPlugin):
    FILES = ("{mac}.cfg",)
    SENSITIVE = re.compile(r"[0-9a-f]{12}\.cfg", re.ASCII | re.I)
    # x5upro-fanvil-release-ff01-6907-2.12.22.2-krnlvUT2025-04-16-20.32.45.z
    IMAGE = re.compile(
        r"(?P<product>[a-z][a-z0-9_]*)-(?:.*?-)??(?P<version>\d+(?:\.\d+){2,4})(?:-.*)?\.(?:z|zip)",
        re.ASCII | re.I,
    )
    XML = True  # text.tpl and what it includes switch the escaping off
    # Fetches the files again, on some firmware with a reboot; "check-sync;reboot=true" always reboots.
    SYNC_EVENT = "check-sync"

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._words = tables(DataFile(plugin_dir, "languages.yml"), languages={}, tones={})

    def model_of(self, code):
        return self._common_files.get(code) or model_of_file(code, self.phones.models)

    @cached_property
    def _common_files(self):
        """
        Name of a common file -> the model that asks for it.
        """
        return {name: model for model in self.phones.models for name in self.phones.facts(model)["common"]}

    def templates_of(self, device, facts):
        own_file = self.get_remote_state_trigger_filename(device)
        return {"{mac}.cfg": self.templates.get_dev_template(own_file, device)}

    def configure(self, device, raw_config):
        super().configure(device, raw_config)
        facts = self.phones.facts(device.get("model"), device.get("version"))
        for path, content in check_files(raw_config, facts, self.images()):
            self.write(path, content)

    def context(self, device, raw_config, facts, report):
        url = base_url(raw_config)
        context = raw_config  # ours to change
        context.update(provisioning(url, facts))
        context.update(sip(context, facts, report))
        context.update(keys(context, facts, report))
        context.update(system(context, facts, report))
        context.update(firmware(context, url, facts, self.images(), report))
        context.update(presentation(context, facts, self._words, report))
        return context

    def configure_common(self, raw_config):
        template = self.templates.get_template("common_file.tpl")
        url = self.common_url(raw_config)
        for name, model in self._common_files.items():
            facts = self.phones.facts(model)
            context = {**single_lines(raw_config), **provisioning(url, facts), "XX_phone": facts}
            self.write(f"{name}.cfg", self.templates.render(template, context, errors="strict"))

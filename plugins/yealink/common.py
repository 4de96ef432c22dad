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
for _piece in ("values.py", "sip.py", "keys.py", "system.py", "firmware.py", "presentation.py"):
    execfile_(_piece, globals())


class BaseYealinkPlugin(FamilyPlugin):
    FILES = ("{mac}.cfg", "{mac}.boot")
    SENSITIVE = re.compile(
        r"[0-9a-f]{12}(?:-local)?\.cfg|[0-9a-f]{12}-(?:contact|calllog)\.xml", re.ASCII | re.I
    )
    # T46S(T48S,T42S,T41S)-66.86.0.15.rom, 9.73.0.50.rom
    IMAGE = re.compile(r"(?:(?P<product>.*)-)?(?P<version>\d+(?:\.\d+){3})\.rom", re.ASCII | re.I)
    # With sip.notify_reboot_enable = 0, which our files set, this applies changes without a reboot.
    SYNC_EVENT = "check-sync"

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._words = tables(
            DataFile(plugin_dir, "languages.yml"), languages={}, handset_languages={}, tones={}
        )

    def comparable_version(self, version):
        return branch(version)

    def model_of(self, code):
        return self._models_by_number.get(code)

    @cached_property
    def _models_by_number(self):
        """
        Number of a common file, 12 digits -> the one model that asks for it.
        """
        models = {}
        for model in self.phones.models:
            for number in self.phones.facts(model)["common"]:
                models.setdefault(number.zfill(12), []).append(model)
        return {number: names[0] for number, names in models.items() if len(names) == 1}

    def templates_of(self, device, facts):
        own_file = self.get_remote_state_trigger_filename(device)
        templates = {"{mac}.cfg": self.templates.get_dev_template(own_file, device)}
        if facts["boot_file"]:
            templates["{mac}.boot"] = self.templates.get_template("boot.tpl")
        return templates

    def context(self, device, raw_config, facts, report):
        url = base_url(raw_config)
        context = raw_config  # ours to change
        context["XX_own_file"] = self.get_remote_state_trigger_filename(device)
        context["XX_static"] = facts["prefix"]
        context.update(provisioning(url, [facts["prefix"]]))
        context.update(sip(context, facts, report))
        context.update(keys(context, facts, report))
        context.update(system(context, facts, report))
        context.update(firmware(context, url, facts, device.get("version"), self.images(), report))
        context.update(presentation(context, url, facts, self._words, self._tftpboot_dir, report))
        return context

    def configure_common(self, raw_config):
        template = self.templates.get_template("common_file.tpl")
        url = self.common_url(raw_config)
        for number, prefixes in common_files(self.phones):
            context = {**single_lines(raw_config), **provisioning(url, prefixes)}
            self.write(f"y{number.zfill(12)}.cfg", self.templates.render(template, context, errors="strict"))

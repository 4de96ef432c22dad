"""
The plugin itself: which files a phone has, and where the pieces of their context come from.
"""

import re

from provd.pluginkit.family.certificates import Form
from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.plugin import FamilyPlugin, base_url
from provd.pluginkit.family.tables import tables

# One module in pieces: they share these globals.
for _piece in (
    "values.py",
    "sip.py",
    "keys.py",
    "softkeys.py",
    "system.py",
    "firmware.py",
    "presentation.py",
):
    execfile_(_piece, globals())


class BasePolycomPlugin(FamilyPlugin):
    # The master file names the one with the settings, which the phone asks for next.
    FILES = ("{mac}-config.cfg", "{mac}.cfg", "{mac}-directory.xml")
    XML = True
    CERTIFICATES = Form.INLINE
    SENSITIVE = re.compile(
        r"[0-9a-f]{12}-(?:config|phone|web)\.cfg|[0-9a-f]{12}-(?:directory|calls)\.xml", re.ASCII | re.I
    )
    # sip.ld for all models, or 3111-48450-001.sip.ld for one: the version is that of the folder.
    IMAGE = re.compile(r"(?:\d{4}-\d{5}-\d{3}\.)?sip\.ld", re.ASCII)
    # The phone restarts if anything changed, and else goes on.
    SYNC_EVENT = "check-sync"

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._words = tables(
            DataFile(plugin_dir, "languages.yml"), languages={}, twelve_hours=[], month_first=[], soft_keys={}
        )

    def templates_of(self, device, facts):
        own_file = self.get_remote_state_trigger_filename(device)
        return {
            "{mac}-config.cfg": self.templates.get_dev_template(own_file, device),
            "{mac}.cfg": self.templates.get_template("master.tpl"),
            "{mac}-directory.xml": self.templates.get_template("directory.tpl"),
        }

    def context(self, device, raw_config, facts, report):
        context = raw_config  # ours to change
        context["XX_own_file"] = self.get_remote_state_trigger_filename(device)
        context["XX_provisioning"] = provisioning(base_url(raw_config), facts)
        context.update(sip(context, facts, report))
        context.update(keys(context, facts, report))
        context.update(presentation(context, self._words, report))
        context.update(soft_keys(context, facts, report))
        context.update(system(context, facts, report))
        context.update(
            firmware(context, facts, device.get("version"), self.images(), self._tftpboot_dir, report)
        )
        return context

    def configure_common(self, raw_config):
        template = self.templates.get_template("default_master.tpl")
        self.write("000000000000.cfg", self.templates.render(template, {}, errors="strict"))

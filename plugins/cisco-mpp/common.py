"""
The plugin itself: which files a phone has, and where the pieces of their context come from.
"""

import re

from provd.pluginkit.family.certificates import Form
from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.plugin import FamilyPlugin, base_url
from provd.pluginkit.family.tables import tables

# One module in pieces: they share these globals.
for _piece in ("values.py", "sip.py", "keys.py", "system.py", "firmware.py", "presentation.py"):
    execfile_(_piece, globals())


class BaseCiscoMPPPlugin(FamilyPlugin):
    FILES = ("{mac}.xml",)
    XML = True
    SENSITIVE = re.compile(r"[0-9a-f]{12}\.(?:xml|cfg)", re.ASCII | re.I)
    # sip88xx.12-0-7MPP0201-66.loads, PHONEOS-8875.1-0-1-0001-1.loads; it names the other parts of the image.
    IMAGE = re.compile(
        r"(?P<product>sip\w+|phoneos-\w+)\.(?P<version>\d+(?:-\d+)+[\w-]*)\.loads", re.ASCII | re.I
    )
    CERTIFICATES = Form.CHAIN
    # Fetches all profiles; the phone restarts by itself where a change needs it.
    SYNC_EVENT = "check-sync"

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._words = tables(DataFile(plugin_dir, "languages.yml"), languages={})

    def templates_of(self, device, facts):
        own_file = self.get_remote_state_trigger_filename(device)
        return {"{mac}.xml": self.templates.get_dev_template(own_file, device)}

    def context(self, device, raw_config, facts, report):
        url = base_url(raw_config)
        context = raw_config  # ours to change
        context["XX_profile_rule"] = profile_rule(url)
        context.update(sip(context, facts, report))
        context.update(keys(context, facts, report))
        context.update(system(context, facts, report))
        context.update(firmware(context, url, facts, self.images(), report))
        context.update(presentation(context, url, facts, self._words, self._tftpboot_dir, report))
        return context

    def configure_common(self, raw_config):
        """
        Write what a phone fresh from the factory asks for by its model ($PSN, $PN), before it knows of a
        file of its own.
        """
        template = self.templates.get_template("common_file.tpl")
        context = {"XX_profile_rule": profile_rule(self.common_url(raw_config))}
        content = self.templates.render(template, context, errors="strict")
        for model in self.phones.models:
            self.write(f"{model}-3PCC.xml", content)
            self.write(f"CP-{model}-3PCC.xml", content)

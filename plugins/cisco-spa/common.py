"""
The plugin itself: which files a phone has, and where the pieces of their context come from.
"""

import re

from twisted.internet.defer import fail

from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.plugin import FamilyPlugin, base_url
from provd.pluginkit.family.tables import tables
from provd.sync.sip import SynchronizeException

# One module in pieces: they share these globals.
for _piece in ("values.py", "sip.py", "keys.py", "system.py", "clocks.py", "firmware.py", "presentation.py"):
    execfile_(_piece, globals())

# An adapter for Cisco's own servers has one for each port.
_OWN, _PORT_1, _PORT_2 = "{mac}.xml", "ATA{MAC}.cnf.xml", "ATA{MAC}01.cnf.xml"


class BaseCiscoSPAPlugin(FamilyPlugin):
    FILES = (_OWN, _PORT_1, _PORT_2)
    XML = True
    SENSITIVE = re.compile(r"[0-9a-f]{12}\.xml|ATA[0-9a-f]{12}\.cnf\.xml", re.ASCII | re.I)
    IMAGE = IMAGE_NAME
    SYNC_EVENT = "resync"

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._words = tables(DataFile(plugin_dir, "languages.yml"), languages={}, locales={})
        self._zones = ZoneCodes(DataFile(plugin_dir, "zones.yml"))

    def comparable_version(self, version):
        return release(version)

    def model_of(self, code):
        return {"init": "PAP2T", "ATA": "ATA190"}.get(code)

    def encoding(self, facts):
        return facts["encoding"]

    def file_names(self, device):
        names = super().file_names(device)
        if _PORT_2 in names:
            digits = names[_PORT_1][len("ATA") :][:12]
            names[_PORT_2] = f"ATA{digits[2:]}01.cnf.xml"
        return names

    def get_remote_state_trigger_filename(self, device):
        is_cucm = self.phones.facts(device.get("model"))["kind"] == "cucm"
        return self.file_names(device).get(_PORT_1 if is_cucm else _OWN)

    def templates_of(self, device, facts):
        own = self.templates.get_dev_template(self.get_remote_state_trigger_filename(device), device)
        if facts["kind"] != "cucm":
            return {_OWN: own}
        return {_PORT_1: own, _PORT_2: self.templates.get_template("port2.tpl")}

    def context(self, device, raw_config, facts, report):
        url = base_url(raw_config)
        report_elsewhere(raw_config, facts, report)
        report_certificates(raw_config, facts, report)
        context = encodable(raw_config, facts["encoding"], report)
        context["XX_encoding"] = facts["encoding"]
        context["XX_url"] = url
        context.update(sip(context, facts, report))
        context.update(keys(context, facts, report))
        context.update(system(context, facts, report))
        context.update(clocks(context, facts, self._zones, report))
        context.update(firmware(context, url, facts, self.images(), report))
        context.update(presentation(context, url, facts, self._words, self._tftpboot_dir, report))
        return context

    def configure_common(self, raw_config):
        template = self.templates.get_template("first.tpl")
        url = self.common_url(raw_config)  # without it, the file names the one beside it
        for model in self.phones.models:
            facts = self.phones.facts(model)
            context = {"XX_url": url, "XX_phone": facts, "XX_encoding": facts["encoding"]}
            for name in facts["first"]:
                self.write(name, self.templates.render(template, context, errors="strict"))

    def synchronize(self, device, raw_config):
        if self.phones.facts(device.get("model"))["kind"] == "cucm":
            return fail(SynchronizeException("this adapter fetches its files only when it starts"))
        return super().synchronize(device, raw_config)

"""
The plugin itself: which files a device has, and where the pieces of their context come from.
"""

import re

from provd.pluginkit.family.certificates import Form
from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.plugin import FamilyPlugin, base_url
from provd.pluginkit.family.values import single_lines
from provd.synchronize import standard_sip_synchronize

# One module in pieces: they share these globals.
for _piece in ("values.py", "binary.py", "services.py", "sip.py", "keys.py", "system.py", "firmware.py"):
    execfile_(_piece, globals())

_XML_FILE, _BINARY_FILE = "cfg{mac}.xml", "cfg{mac}"


class BaseGrandstreamPlugin(FamilyPlugin):
    FILES = (_XML_FILE, _BINARY_FILE)
    XML = True
    CERTIFICATES = Form.INLINE  # no file names those of servers: none is written for nobody
    WRITES_NONE = re.compile(rb"\.keyMode\">None<")
    SENSITIVE = re.compile(r"(?:cfg[0-9a-f]{12}(?:\.xml|\.bin)?|dev[0-9a-f]{12}\.cfg)", re.ASCII | re.I)
    # gxp2130fw.bin, gxp2000e.bin; the version is that of the folder.
    IMAGE = re.compile(r"[a-z]+\d+\w*\.bin", re.ASCII | re.I)

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._tables = Tables(DataFile(plugin_dir, "settings.yml"), DataFile(plugin_dir, "languages.yml"))
        self.http_service = FolderlessHTTPService(self._tftpboot_dir)
        self.tftp_service = FolderlessTFTPService(self.tftp_service)

    def templates_of(self, device, facts):
        own_template = self.templates.get_dev_template(None, device)
        if facts["forms"][0] == BINARY:
            return {_BINARY_FILE: own_template}
        templates = {_XML_FILE: own_template}
        if facts["model"] is None:
            # Old phones that ask over TFTP don't tell that they are.
            templates[_BINARY_FILE] = self.templates.get_template("binary.tpl")
        return templates

    def encoded(self, device, pattern, content):
        return binary_file(self._digits(device), content) if pattern == _BINARY_FILE else content

    def context(self, device, raw_config, facts, report):
        url = base_url(raw_config)
        form = form_of(facts, raw_config, report)
        settings = Settings(self._tables, form, facts["ports"], report)
        report_unknown(raw_config, facts, settings, report)
        provisioning(url, settings)
        system(raw_config, facts, settings, self._tables, report)
        lines = sip(raw_config, facts, settings, report)
        keys(raw_config, facts, lines, settings, report)
        firmware(raw_config, url, facts, self.images(), settings, report)
        context = raw_config  # ours to change
        context["XX_form"] = form
        context["XX_mac"] = self._digits(device)
        context["XX_settings"] = settings.lines
        context["XX_escaped"] = settings.escaped()
        return context

    def _digits(self, device):
        """
        Return the 12 digits of the device's address, as in the names of its files.
        """
        return (self.get_remote_state_trigger_filename(device) or "").removeprefix("cfg").removesuffix(".xml")

    def configure_common(self, raw_config):
        settings = Settings(self._tables, NUMBERS, False, None)
        provisioning(self.common_url(raw_config), settings)
        template = self.templates.get_template("common_file.tpl")
        context = {**single_lines(raw_config), "XX_escaped": settings.escaped()}
        self.write("cfg.xml", self.templates.render(template, context, errors="strict"))

    def get_remote_state_trigger_filename(self, device):
        name = super().get_remote_state_trigger_filename(device)
        facts = self.phones.facts(device.get("model"), device.get("version"))
        return name and name.removesuffix(".xml") if facts["forms"][0] == BINARY else name

    def synchronize(self, device, raw_config):
        facts = self.phones.facts(device.get("model"), device.get("version"))
        return standard_sip_synchronize(device, event=facts["sync_event"])

"""
The plugin itself: which files a phone has, and where the pieces of their context come from.
"""

import re

from provd.pluginkit.errors import RawConfigError
from provd.pluginkit.family.certificates import Form
from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.plugin import FamilyPlugin, base_url
from provd.pluginkit.family.tables import tables
from provd.pluginkit.family.values import single_lines
from provd.synchronize import standard_sip_synchronize

# One module in pieces: they share these globals.
for _piece in ("values.py", "sip.py", "base.py", "keys.py", "system.py", "firmware.py", "presentation.py"):
    execfile_(_piece, globals())

_OWN = "{MAC}.xml"
_FIRMWARE = "{MAC}-firmware.xml"
# What a phone asks for, depending on its URL: all lead to its own file.
_LEADING = ("{mac}.xml", "snom{model}-{MAC}.htm", "snom{model}-{mac}.htm")
_LEADING_OF_BASES = ("snom{model}-{MAC}.xml", "snom{model}-{mac}.xml")


class BaseSnomPlugin(FamilyPlugin):
    FILES = (_OWN, _FIRMWARE, *_LEADING, *_LEADING_OF_BASES)
    # Beside the phone's own file those that name its URL, which may have the tenant's key.
    SENSITIVE = re.compile(r"(?:snom[\w.+-]+-)?[0-9a-f]{12}(?:-firmware)?\.(?:htm|xml)", re.ASCII | re.I)
    IMAGE = IMAGE
    XML = True
    CERTIFICATES = Form.DER
    CONTENT_TYPES = {".htm": "text/xml", ".xml": "text/xml"}  # or phones take no .htm for XML
    SYNC_EVENT = "check-sync;reboot=false"
    # Bases apply changes at a reboot alone.
    SYNC_EVENT_OF_BASES = "check-sync;reboot=true"

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._words = tables(
            DataFile(plugin_dir, "languages.yml"), languages={}, plain_languages={}, tones={}
        )
        self._zones = Zones(DataFile(plugin_dir, "zones.yml"))

    def templates_of(self, device, facts):
        own_file = self.get_remote_state_trigger_filename(device)
        leading = self.templates.get_template("leading.tpl")
        templates = dict.fromkeys(_LEADING, leading)
        if facts["form"] == "base":
            templates |= dict.fromkeys(_LEADING_OF_BASES, leading)
        else:
            templates[_FIRMWARE] = self.templates.get_template("firmware.tpl")
        return {**templates, _OWN: self.templates.get_dev_template(own_file, device)}

    def context(self, device, raw_config, facts, report):
        if not facts["xml"]:
            raise RawConfigError("firmware 6 reads no XML: the phone needs an upgrade by hand")
        url = base_url(raw_config)
        own_file = self.get_remote_state_trigger_filename(device)
        mac = own_file.removesuffix(".xml")
        context = raw_config  # ours to change
        context["XX_provisioning_url"] = f"{url}/"
        context["XX_own_url"] = f"{url}/{own_file}"
        context["XX_firmware_document"] = f"{url}/{mac}-firmware.xml"
        context.update(presentation(context, url, facts, self._words, self._tftpboot_dir, report))
        context.update(system(context, facts, self._zones, report))
        if facts["form"] == "base":
            context.update(base(context, facts, report))
            context.update(base_firmware(device, context, url, self.images(), report))
        else:
            context.update(sip(context, facts, report))
            context.update(keys(context, facts, report))
            context.update(firmware(device, mac, context, url, facts, self.images(), report))
        return context

    def configure_common(self, raw_config):
        url = self.common_url(raw_config)
        for model in self.phones.models:
            facts = self.phones.facts(model)
            context = {
                **single_lines(raw_config),
                "XX_phone": facts,
                "XX_provisioning_url": url and f"{url}/",
            }
            self._write_common(f"snom{model}", "common_file.tpl", context)
            if facts["form"] == "base":
                context |= {"XX_firmware_url": None, "XX_module_firmware_url": None}
                self._write_common(f"snom{model}-firmware", "firmware.tpl", context)

    def _write_common(self, name, template, context):
        """
        Write a file under the names that desk phones ask for, and that bases may ask for, too.
        """
        content = self.templates.render(self.templates.get_template(template), context, errors="strict")
        for extension in ("htm", "xml") if context["XX_phone"]["form"] == "base" else ("htm",):
            self.write(f"{name}.{extension}", content)

    def synchronize(self, device, raw_config):
        is_base = self.phones.facts(device.get("model"), device.get("version"))["type"] == "dect"
        event = self.SYNC_EVENT_OF_BASES if is_base else self.SYNC_EVENT
        return standard_sip_synchronize(device, event=event)

"""
The plugin itself: which files a phone has, and where the pieces of their context come from.
"""

import contextlib
import os
import re
from functools import cached_property

from provd.pluginkit.family.certificates import Form
from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.plugin import FamilyPlugin, base_url
from provd.pluginkit.family.tables import tables

# One module in pieces: they share these globals.
for _piece in (
    "values.py",
    "sip.py",
    "tls.py",
    "keys.py",
    "featurekeys.py",
    "system.py",
    "firmware.py",
    "presentation.py",
):
    execfile_(_piece, globals())

# What the URLs of DHCP servers that were set up for these phones often end in.
_FOLDER = "Aastra"
_COMMON_NAMES = ("aastra", "startup")  # up to 3.3 and since 4.0


class BaseAastraPlugin(FamilyPlugin):
    FILES = ("{MAC}.cfg", "{MAC}-certificate.pem", "{MAC}-key.pem", "{MAC}-chain.pem")
    # .tuz: what the vendor's tool makes of a .cfg to encrypt it.
    SENSITIVE = re.compile(r"[0-9a-f]{12}(?:\.(?:cfg|tuz)|-(?:certificate|key|chain)\.pem)", re.ASCII | re.I)
    # 6731i.st: the version is that of the folder.
    IMAGE = re.compile(r"\d{2,4}\w*\.st", re.ASCII)
    CERTIFICATES = Form.CHAIN
    # Fetches all files; the phone restarts by itself where a change or other firmware needs it.
    SYNC_EVENT = "check-sync"

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._words = tables(
            DataFile(plugin_dir, "languages.yml"), input={}, tones={}, twelve_hours=[], keys={}
        )

    def model_of(self, code):
        return self._models_by_short_name.get(code.lower())

    @cached_property
    def _models_by_short_name(self):
        """
        The name of the oldest firmware (53i) -> the model as it was called later on.
        """
        named = ((self.phones.facts(model)["short_name"].lower(), model) for model in self.phones.models)
        return {name: model for name, model in named if name}

    def templates_of(self, device, facts):
        own_file = self.get_remote_state_trigger_filename(device)
        return {
            "{MAC}.cfg": self.templates.get_dev_template(own_file, device),
            "{MAC}-certificate.pem": self.templates.get_template("certificate.tpl"),
            "{MAC}-key.pem": self.templates.get_template("key.tpl"),
            "{MAC}-chain.pem": self.templates.get_template("chain.tpl"),
        }

    def context(self, device, raw_config, facts, report):
        url = base_url(raw_config)
        context = raw_config  # ours to change
        context["XX_server"] = server(url)
        context.update(sip(context, facts, report))
        context.update(tls(context, self.file_names(device), facts, report))
        context.update(presentation(context, facts, self._words, self._tftpboot_dir, report))
        context.update(keys(context, facts, report))
        context.update(system(context, facts, report))
        context.update(firmware(context, url, self._image_names(facts), self.images(), report))
        return context

    def _image_names(self, facts):
        """
        Return what the images of a phone may be called: old firmware asks for the short name of its model.
        """
        model = facts["model"] or ""
        names = (model, self.phones.listed(model) or "", facts["short_name"])
        return {f"{name.lower()}.st" for name in names if name}

    def configure_common(self, raw_config):
        """
        Write what phones fetch before their own file: the common one and that of their model.  They are never
        empty, as a phone may stop there.
        """
        template = self.templates.get_template("common_file.tpl")
        url = self.common_url(raw_config)
        context = {"XX_server": url and server(url)}
        content = self.templates.render(template, context, errors="strict")
        short_names = self._models_by_short_name
        for name in (*_COMMON_NAMES, *self.phones.models, *short_names):
            self.write(f"{name}.cfg", content)
        with contextlib.suppress(FileExistsError):
            os.symlink(os.curdir, os.path.join(self._tftpboot_dir, _FOLDER))

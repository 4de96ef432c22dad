"""
The plugin itself: which files a phone has, and where the pieces of their context come from.
"""

import re

from provd.pluginkit.errors import RawConfigError
from provd.pluginkit.family.certificates import Form
from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.plugin import FamilyPlugin, base_url
from provd.pluginkit.family.values import single_lines
from provd.synchronize import standard_sip_synchronize

# One module in pieces: they share these globals.
_PIECES = ("values", "sip", "symbols", "nvm", "maxwell", "settings", "system", "firmware", "presentation")
for _piece in _PIECES:
    execfile_(f"{_piece}.py", globals())

_OWN = "{MAC}.xml"
# What a P-series phone asks for by its own name: leads to its own file.
_LEADING = ("Gigaset{model}-{MAC}.htm", "Gigaset{model}-{mac}.htm")
_OWN_NAME = re.compile(r"[0-9a-f]{12}\.xml", re.ASCII | re.I)
# N720_DM_PRO, C470IP: blanks as the product's name has them.
_GAPS = re.compile(r"[\s_-]+")
_GLUED = re.compile(r"(?i)([CNS]\d{3}[A-Z]?) ?(IP|DM|VI)\b")
_WITHOUT_FILES = re.compile(r"(?i)(?:C47\d|S6[78]\d) IP|Maxwell 10.*|DE\d+.*")

_CONTEXTS = {"symbols": symbols, "nvm": nvm, "maxwell": maxwell, "settings": settings}
# Bases know no "reboot" and need none; desk phones take it for a wish.
_SYNC_EVENTS = {"symbols": "check-sync", "nvm": "check-sync"}


class BaseGigasetPlugin(FamilyPlugin):
    FILES = (_OWN, *_LEADING)
    XML = True
    # Beside the phone's own file those that name its URL, which may have the tenant's key.
    SENSITIVE = re.compile(r"(?:gigaset\w+-)?[0-9a-f]{12}\.(?:htm|xml)", re.ASCII | re.I)
    IMAGE = IMAGE
    CERTIFICATES = Form.DER
    CONTENT_TYPES = {".htm": "text/xml", ".xml": "text/xml"}  # or phones take no .htm for XML
    SYNC_EVENT = "check-sync;reboot=false"

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._words = Words(DataFile(plugin_dir, "languages.yml"))
        self._zones = Zones(DataFile(plugin_dir, "zones.yml"))
        self.http_service.path_preprocess = self._straighten

    def _straighten(self, request):
        """
        Have a path without the dots and doubled slashes that some bases write, and a phone's own file in
        capitals: Nx70 asks for itself in small letters, unless its URL has %MACD.
        """
        segments = []
        for segment in request.postpath:
            if segment == b"..":
                del segments[-1:]
            elif segment not in (b"", b"."):
                segments.append(segment)
        if segments and _OWN_NAME.fullmatch(segments[-1].decode("latin-1")):
            segments[-1] = segments[-1][:12].upper() + b".xml"
        request.postpath = segments or [b""]

    def comparable_version(self, version):
        """
        The product's number comes first: 42 (C590 to N510), 70 and 71 (N720), 82 (Maxwell), 83 (Nx70).
        """
        numbers = super().comparable_version(version)
        return numbers[1:] if numbers and numbers[0] >= 40 else numbers

    def model_of(self, code):
        model = _GLUED.sub(r"\1 \2", _GAPS.sub(" ", code).strip())
        return (self.phones.listed(model) or model) if model else None

    def file_names(self, device):
        facts = self.phones.facts(device.get("model"), device.get("version"))
        return super().file_names({**device, "model": facts["phone_type"]})

    def templates_of(self, device, facts):
        own_file = self.get_remote_state_trigger_filename(device)
        templates = {_OWN: self.templates.get_dev_template(own_file, device)}
        if facts["format"] == "settings":
            templates |= dict.fromkeys(_LEADING, self.templates.get_template("leading.tpl"))
        return templates

    def encoding(self, facts):
        return "iso-8859-1" if facts["format"] == "symbols" else "utf-8"

    def context(self, device, raw_config, facts, report):
        if _WITHOUT_FILES.fullmatch(device.get("model") or ""):
            raise RawConfigError("no file is known that would set up this model: it has its web pages alone")
        url = base_url(raw_config)
        own_file = self.get_remote_state_trigger_filename(device)
        context = raw_config  # ours to change
        context["XX_mac"] = own_file.removesuffix(".xml").upper()
        context["XX_provisioning_url"] = f"{url}/"
        context["XX_own_url"] = f"{url}/{own_file}"
        if facts["format"] == "symbols":
            context.update(self._without_scheme(url, own_file, report))
        context.update(_CONTEXTS[facts["format"]](context, facts, report))
        context.update(system(context, facts, self._zones, report))
        context.update(firmware(context, url, facts, self.images(), report))
        context.update(presentation(context, facts, self._words, report))
        return context

    def _without_scheme(self, url, own_file, report):
        scheme, _colon, server = url.partition("://")
        if scheme.lower() == "https":
            report.add("http_base_url", "these bases take URLs without a scheme, and fetch over HTTP")
        return {"XX_data_server": server, "XX_own_path": f"{server}/{own_file}"}

    def configure_common(self, raw_config):
        """
        Write what a P-series phone asks for by its type, before it knows of a file of its own.
        """
        template = self.templates.get_template("common_file.tpl")
        url = self.common_url(raw_config)
        context = {**single_lines(raw_config), "XX_provisioning_url": url and f"{url}/"}
        content = self.templates.render(template, context, errors="strict")
        for phone_type in {self.phones.facts(model)["phone_type"] for model in self.phones.models} - {""}:
            self.write(f"Gigaset{phone_type}.htm", content)

    def synchronize(self, device, raw_config):
        form = self.phones.facts(device.get("model"), device.get("version"))["format"]
        return standard_sip_synchronize(device, event=_SYNC_EVENTS.get(form, self.SYNC_EVENT))

"""
What the plugins of all families have in common: files per device, made of templates whose context is a
function of the device, its raw config and what is installed.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Template
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from provd.addresses import format_mac
from provd.model.device import Device
from provd.pluginkit.base import StandardPlugin
from provd.pluginkit.errors import RawConfigError
from provd.pluginkit.files import place_below, write_if_changed
from provd.pluginkit.firmware import FetchfwPluginHelper
from provd.pluginkit.http import HTTPNoListingFileService
from provd.sync.sip import standard_sip_synchronize
from provd.tftp.readservices import TFTPFileService

from .association import FamilyAssociator
from .certificates import FOLDER as CERTIFICATES_FOLDER
from .certificates import Form, certificate_files
from .data import DataFile
from .firmware import InstalledImages
from .identity import FamilyExtractor, Identity
from .phones import Facts, PhoneTable, Version, dotted_numbers
from .reports import Report
from .templates import FamilyTemplates, XMLTemplates
from .values import one_line, single_lines

__all__ = ["FamilyPlugin", "base_url"]

Context = dict[str, Any]

_SCCP = "sccp_call_managers"
_SAFE_MODEL = re.compile(r"\w[\w.+-]*", re.ASCII)  # no path of its own

CERTIFICATES = "sip_servers_root_and_intermediate_certificates"


class FamilyPlugin(StandardPlugin):
    """
    A plugin for a family of phones.  Beside its Python it has ``models.yml`` (:mod:`.phones`),
    ``identity.yml`` (:mod:`.identity`) and templates; a subclass says what differs.
    """

    BLOCKING = False

    FILES: tuple[str, ...] = ()
    """Names of the files that a device may have, ``{mac}`` and ``{MAC}`` standing for the 12 digits of its
    address, ``{model}`` for its model: a file whose name can't be told isn't written.  The first one, which
    every device must have, shows when the phone fetches it which configuration it has."""

    XML = False
    """Whether the files are XML: templates then escape values."""

    SENSITIVE: re.Pattern[str]
    """What the bare names of files with secrets fit as a whole."""

    IMAGE: re.Pattern[str]
    """What the names of firmware images fit as a whole; a group ``version`` is the image's."""

    CERTIFICATES = Form.PEM
    """How phones get certificates, but for those that ``lacks`` the parameter."""

    CONTENT_TYPES: Mapping[str, str] = {}
    """Types of files by the ending of their names, where phones want others than those of the web."""

    WRITES_NONE = re.compile(rb"(?!)")
    """Where in a file the word None is the vendor's own: anywhere else it is taken for a template's slip."""

    SYNC_EVENT = "check-sync"
    """The event of the NOTIFY that has a phone fetch its files again."""

    _log = Logger()

    def __init__(
        self, app: Any, plugin_dir: str, gen_cfg: Mapping[str, Any], spec_cfg: Mapping[str, Any]
    ) -> None:
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._has_url_keys = gen_cfg.get("http_auth_strategy") == "url_key"
        self.phones = PhoneTable(DataFile(plugin_dir, "models.yml"), self.comparable_version)
        self.identity = Identity(DataFile(plugin_dir, "identity.yml"), self.phones, self.model_of)
        self.images = InstalledImages(self._tftpboot_dir, self.IMAGE)
        self.templates = (XMLTemplates if self.XML else FamilyTemplates)(plugin_dir)
        downloaders = FetchfwPluginHelper.new_downloaders(gen_cfg.get("proxies"))
        self.services = FetchfwPluginHelper(plugin_dir, downloaders).services()
        extractor = FamilyExtractor(self.identity)
        self.http_dev_info_extractor = extractor
        self.tftp_dev_info_extractor = extractor
        self.dhcp_dev_info_extractor = extractor
        self.pg_associator = FamilyAssociator(self.identity.vendor, self.phones, self.identity.shares_vendor)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)
        self.http_service.contentTypes = {**self.http_service.contentTypes, **self.CONTENT_TYPES}
        self.tftp_service = TFTPFileService(self._tftpboot_dir)

    def comparable_version(self, version: str) -> Version:
        """
        Return the numbers that rules compare a phone's version by.
        """
        return dotted_numbers(version)

    def model_of(self, code: str) -> str | None:
        """
        Return the model that a code in the name of a file stands for, None if that isn't known; see
        :mod:`.identity`.
        """
        return None

    def templates_of(self, device: Device, facts: Facts) -> dict[str, Template]:
        """
        Return the template of each file that the device has, by its name in ``FILES``; one that renders to
        nothing makes no file.
        """
        raise NotImplementedError

    def encoding(self, facts: Facts) -> str:
        """
        Return the encoding of a phone's files; what it lacks is written as XML's character references, and
        can't be written in text.
        """
        return "utf-8"

    def context(self, device: Device, raw_config: dict[str, Any], facts: Facts, report: Report) -> Context:
        """
        Return what the templates of a device are rendered with, beside ``XX_phone`` (its facts),
        ``XX_options`` and ``XX_certificates`` (root first: URLs, or with ``Form.INLINE`` texts in PEM), which
        are added.

        :param raw_config: its own to change, each text on one line; its URL is :func:`base_url`.
        :param report: takes note of what the phone can't have.
        """
        raise NotImplementedError

    def common_url(self, raw_config: Mapping[str, Any]) -> str | None:
        """
        Return the URL for files that all phones share, None if it isn't known: such a file may not send the
        phones of a tenant to a URL without the tenant's key.
        """
        return None if self._has_url_keys else base_url(raw_config)

    def configure(self, device: Device, raw_config: dict[str, Any]) -> None:
        names = self.file_names(device)
        if self.FILES[0] not in names:
            raise RawConfigError(
                f"the file {self.FILES[0]} of a phone needs to know more than the device tells"
            )
        report = Report()
        certificates = self._certificates(device, raw_config, report)
        context = self._complete_context(device, raw_config, certificates, report)
        if self.CERTIFICATES is not Form.INLINE:
            for name, content in certificates.items():
                self.write(f"{CERTIFICATES_FOLDER}/{name}", content)
        templates = self.templates_of(device, context["XX_phone"])
        for pattern, name in names.items():
            content = self._rendered(templates.get(pattern), context)
            if content:
                self.write(name, self.encoded(device, pattern, content))
            else:
                self._remove(name)
        if report.lines:
            self._log.info("{device_id} can't have {what}", device_id=device.get("id"), what=report.lines)

    def _certificates(
        self, device: Device, raw_config: dict[str, Any], report: Report
    ) -> Mapping[str, bytes]:
        if CERTIFICATES in self.phones.facts(device.get("model"), device.get("version"))["lacks"]:
            return {}
        return certificate_files(raw_config, CERTIFICATES, report, self.CERTIFICATES)

    def _rendered(self, template: Template | None, context: Context) -> bytes:
        if template is None:
            return b""
        encoding, errors = self.encoding(context["XX_phone"]), "xmlcharrefreplace" if self.XML else "strict"
        return self.templates.render(template, context, encoding, errors)

    def encoded(self, device: Device, pattern: str, content: bytes) -> bytes:
        """
        Return what a rendered file is written as, for phones whose files aren't text.

        :param pattern: its name in ``FILES``.
        """
        return content

    def unsupported(self, device: Device, raw_config: dict[str, Any]) -> list[str]:
        """
        Return what the device can't have of a raw config, one text for each parameter, without its value.

        :raises RawConfigError: if the raw config can't be used at all.
        """
        report = Report()
        certificates = self._certificates(device, raw_config, report)
        self._complete_context(device, raw_config, certificates, report)
        return report.lines

    def _complete_context(
        self, device: Device, raw_config: dict[str, Any], certificates: Mapping[str, bytes], report: Report
    ) -> Context:
        url = base_url(raw_config)
        if url is None or not raw_config.get("http_port"):
            raise RawConfigError("these phones fetch files over HTTP: http_base_url or http_port is missing")
        facts = self.phones.facts(device.get("model"), device.get("version"))
        # A config for phones of either protocol, as the shared one of new phones is, names servers of both.
        is_sip = bool(raw_config.get("sip_lines")) and raw_config.get("protocol") != "SCCP"
        report.lacking(raw_config, [name for name in facts["lacks"] if not (is_sip and name == _SCCP)])
        context = self.context(device, single_lines(raw_config), facts, report)
        context["XX_phone"] = facts
        context["XX_options"] = device.get("options") or {}
        if self.CERTIFICATES is Form.INLINE:
            context["XX_certificates"] = [content.decode("ascii") for content in certificates.values()]
        else:
            context["XX_certificates"] = [f"{url}/{CERTIFICATES_FOLDER}/{name}" for name in certificates]
        return context

    def write(self, path: str, content: bytes) -> None:
        """
        Make ``content`` that of a file below the served folder, whose folders are made as needed.
        """
        target = place_below(self._tftpboot_dir, path)
        try:
            write_if_changed(target, content)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            write_if_changed(target, content)

    def deconfigure(self, device: Device) -> None:
        for name in self.file_names(device).values():
            self._remove(name)

    def _remove(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self._tftpboot_dir, name))

    def synchronize(self, device: Device, raw_config: dict[str, Any]) -> Deferred[None]:
        return standard_sip_synchronize(device, event=self.SYNC_EVENT)

    def get_remote_state_trigger_filename(self, device: Device) -> str | None:
        return _named(self.FILES[0], device)

    def file_names(self, device: Device) -> dict[str, str]:
        """
        Return the names of the files that a device may have and that can be told, by those in ``FILES``: the
        first of those that are the same, as ``{mac}`` and ``{MAC}`` are of an address without letters.
        """
        names: dict[str, str] = {}
        for pattern in self.FILES:
            name = _named(pattern, device)
            if name is not None and name not in names.values():
                names[pattern] = name
        return names

    def is_sensitive_filename(self, filename: str) -> bool:
        return self.SENSITIVE.fullmatch(filename) is not None


def _named(pattern: str, device: Device) -> str | None:
    mac, model = device.get("mac"), device.get("model")
    if "{mac}" in pattern or "{MAC}" in pattern:
        try:
            mac = format_mac(mac or "", separator="")
        except ValueError:
            return None
    if "{model}" in pattern and not _SAFE_MODEL.fullmatch(model or ""):
        return None
    return pattern.format(mac=mac, MAC=mac and mac.upper(), model=model)


def base_url(raw_config: Mapping[str, Any]) -> str | None:
    """
    Return the URL that phones fetch files below, without a slash at its end; None if it isn't known.
    """
    url = raw_config.get("http_base_url")
    if not url and raw_config.get("ip") and raw_config.get("http_port"):
        url = f"http://{raw_config['ip']}:{raw_config['http_port']}"
    return one_line(str(url)).rstrip("/") if url else None

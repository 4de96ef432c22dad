"""
Who sent this request?  Patterns of a family's own phones, and what they tell together.

The family's ``identity.yml``::

    vendor: Acme
    shares_vendor: false       # whether Acme has phones that are another family's; may be left out
    mac_prefixes: ["00:11:22"]
    user_agents:
      - 'Acme (?P<model>[A-Z]\\d+) {version}(?: {mac})?'
    files:
      - '{mac}\\.cfg'
      - 'acme-(?P<code>\\d+)\\.cfg'
    paths: ['acme/(?P<model>\\w+)/{mac}\\.cfg']
    option_60: ['Acme .*']
    drop_from_models: "_"      # characters; may be left out
    capital_models: false      # whether models are written in capitals but for those listed; may be left out

Each pattern must fit the whole text, the first one that does counts.  Its groups ``model``, ``version``,
``mac`` and ``sn`` are what it tells; a group ``code`` is looked up in the codes of the models.  ``{mac}``
and ``{version}`` stand for such groups in the usual spelling.  ``files`` are patterns of bare names;
``paths``, which come before them, of names with the folders that they are asked for in.

A User-Agent that fits names the vendor; so do a MAC address whose prefix is listed and a ``code``.  What
else the name of a file tells counts only for a request without a foreign User-Agent: phones of many
makes ask for ``<mac>.cfg``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from provd.addresses import norm_mac
from provd.identification.requests import RequestType, file_path, user_agent
from provd.model.device import DeviceInfo

from .data import DataFile
from .phones import PhoneTable

__all__ = ["FamilyExtractor", "Identity"]

_MAC = r"(?P<mac>[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{12})"
_VERSION = r"(?P<version>\d+(?:\.\d+)+)"
_NOBODY = frozenset({"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"})
_TOLD = ("model", "version", "mac", "sn")


class Identity:
    """
    Reads what a family's phones write.

    :param data: ``identity.yml``.
    :param phones: for the spelling of models.
    :param codes: what a group ``code`` may say -> the model that it stands for.
    :raises PluginError: naming all that is wrong in the data.
    """

    def __init__(self, data: DataFile, phones: PhoneTable, codes: Mapping[str, str]) -> None:
        self.vendor: str = data.get("vendor", "")
        if not self.vendor:
            data.mistake("vendor", "is missing")
        self.shares_vendor: bool = data.get("shares_vendor", False)
        self._prefixes = tuple(prefix.lower() for prefix in data.get("mac_prefixes", []))
        self._user_agents = _patterns(data, "user_agents")
        self._files = _patterns(data, "files")
        self._paths = _patterns(data, "paths")
        self._option_60 = _patterns(data, "option_60")
        self._dropped = str.maketrans("", "", data.get("drop_from_models", ""))
        self._spelled = str.upper if data.get("capital_models", False) else str
        data.check()
        self._codes = dict(codes)
        self._model_spelling = {name.lower(): name for name in phones.models}

    def of_http(self, agent: str | None, path: str) -> DeviceInfo | None:
        """
        Return what a User-Agent and the path of the file asked for tell, None if they are not ours.
        """
        told = self.of_tftp(path)
        if not agent:
            return told
        said = self._told_by(self._user_agents, agent.strip())
        if said is None:
            return told if told and "vendor" in told else None
        said["vendor"] = self.vendor
        return {**told, **said} if told else said

    def of_tftp(self, path: str) -> DeviceInfo | None:
        """
        Return what the path of a file tells, None if nothing.
        """
        told = self._told_by(self._paths, path)
        return told or self._told_by(self._files, posixpath.basename(path)) or None

    def of_dhcp(self, mac: str, options: Mapping[int, str]) -> DeviceInfo | None:
        """
        Return what a lease tells of its phone, None if it isn't ours.

        :param mac: normalized; the lease's own, so it isn't repeated.
        """
        said = self._told_by(self._option_60, options.get(60, "").rstrip("\x00 "))
        if said is None and not mac.startswith(self._prefixes):
            return None
        return {**(said or {}), "vendor": self.vendor}

    def _told_by(self, patterns: list[re.Pattern[str]], text: str) -> DeviceInfo | None:
        for pattern in patterns:
            match = pattern.fullmatch(text)
            if match is not None:
                return self._read(match.groupdict())
        return None

    def _read(self, groups: dict[str, str | None]) -> DeviceInfo:
        info = {key: text for key in _TOLD if (text := groups.get(key))}
        if "model" in info:
            model = info["model"].translate(self._dropped)
            info["model"] = self._model_spelling.get(model.lower(), self._spelled(model))
        if "code" in groups:
            info["vendor"] = self.vendor
            named = self._codes.get(groups["code"] or "")
            if named is not None:
                info["model"] = named
        if "mac" in info:
            info["mac"] = norm_mac(info["mac"])
            if info["mac"] in _NOBODY:
                del info["mac"]
            elif info["mac"].startswith(self._prefixes):
                info["vendor"] = self.vendor
        return info


def _patterns(data: DataFile, key: str) -> list[re.Pattern[str]]:
    return [
        data.pattern(f"{key}.{index}", text.replace("{mac}", _MAC).replace("{version}", _VERSION))
        for index, text in enumerate(data.get(key, []))
    ]


class FamilyExtractor:
    """
    The extractor of a family's plugin, for all three protocols.  Answers at once.
    """

    REMEMBERABLE = True
    """The answer depends on the path and the User-Agent (HTTP) or the file name (TFTP) alone."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def extract(self, request: Any, request_type: RequestType) -> DeviceInfo | None:
        """
        Return what the request tells of a phone of this family, None if nothing.
        """
        if request_type is RequestType.HTTP:
            agent = user_agent(request, request_type)
            return self._identity.of_http(agent, file_path(request, request_type))
        if request_type is RequestType.TFTP:
            return self._identity.of_tftp(file_path(request, request_type))
        return self._identity.of_dhcp(request["mac"], request["options"])

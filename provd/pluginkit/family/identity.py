"""
Who sent this request?  Patterns of a family's own phones, and what they tell together.

The family's ``identity.yml``, of which all but the vendor may be left out::

    vendor: Acme
    shares_vendor: true        # Acme has phones that are another family's
    mac_prefixes: ["00:11:22"]
    user_agents:
      - 'Acme (?P<model>[A-Z]\\d+) {version}(?: {mac})?'
      - {agent: 'Loader {version}', file: 'acme-.*'}    # counts only with such a file
    files:                     # bare names
      - '{mac}\\.cfg'
      - 'acme-(?P<code>\\d+)\\.cfg'
    paths: ['acme/(?P<model>\\w+)/{mac}\\.cfg']    # names with their folders, looked at first
    shared_files: ['config\\.xml']    # bare names that phones of other makes ask for, too
    shared_paths: ['70/\\d+/boot\\.bin']    # the same with their folders
    option_60: ['Acme .*']
    mac_argument: mac          # of URLs' queries
    other_makes: ['Bolt .*']   # User-Agents and options 60 of phones that look the same otherwise
    drop_from_models: "_"      # characters
    dashes_in_models: " "      # characters that become a dash
    capital_models: true       # models that the table lacks are written in capitals

Each pattern must fit the whole text, the first one that does counts.  Its groups ``model``, ``version``,
``mac`` and ``sn`` are what it tells; a group ``code`` is looked up in the codes of the models.  ``{mac}``
and ``{version}`` stand for such groups in the usual spelling.

A User-Agent that fits names the vendor; so do a MAC address whose prefix is listed and a ``code``.  What
else the name of a file tells counts only for a request without a foreign User-Agent: phones of many
makes ask for ``<mac>.cfg``.  So it is with all that ``shared_files`` and ``shared_paths`` tell; without a
User-Agent they name the vendor.  The argument of the query tells the MAC address of a request that is one
of the family's by then.  A User-Agent of ``other_makes`` says that the phone isn't ours, whatever its
address and files are: some hardware is sold under several names.  An address whose prefix is listed is then
all that a file tells.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from provd.addresses import norm_mac
from provd.identification.requests import RequestType, file_path, user_agent
from provd.model.device import DeviceInfo

from .data import DataFile
from .patterns import ONLY_MAC, Spelling, agent_patterns, patterns
from .phones import PhoneTable

__all__ = ["FamilyExtractor", "Identity"]

_NOBODY = frozenset({"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"})
_TOLD = ("model", "version", "mac", "sn")


class Identity:
    """
    Reads what a family's phones write.

    :param data: ``identity.yml``.
    :param phones: for the spelling of models.
    :param model_of: returns the model that a group ``code`` stands for, None if that isn't known.
    :raises PluginError: naming all that is wrong in the data.
    """

    def __init__(self, data: DataFile, phones: PhoneTable, model_of: Callable[[str], str | None]) -> None:
        self.vendor: str = data.get("vendor", "")
        if not self.vendor:
            data.mistake("vendor", "is missing")
        self.shares_vendor: bool = data.get("shares_vendor", False)
        self._prefixes = tuple(prefix.lower() for prefix in data.get("mac_prefixes", []))
        self._user_agents = agent_patterns(data, "user_agents")
        self._paths = patterns(data, "paths")
        self._files = patterns(data, "files")
        self._shared_files = patterns(data, "shared_files")
        self._shared_paths = patterns(data, "shared_paths")
        self._option_60 = patterns(data, "option_60")
        self._other_makes = patterns(data, "other_makes")
        self._mac_argument = data.get("mac_argument", "").encode()
        self._spelling = Spelling(data, phones.models)
        data.check()
        self._model_of = model_of

    def of_http(
        self, agent: str | None, path: str, arguments: Mapping[bytes, list[bytes]] | None = None
    ) -> DeviceInfo | None:
        """
        Return what a User-Agent, the path of the file asked for and the query of the URL tell, None if they
        are not ours.
        """
        told = self._of_agent_and_path((agent or "").strip(), path)
        values = (arguments or {}).get(self._mac_argument) if self._mac_argument else None
        if not told or not values or "mac" in told:
            return told
        return {**(self._told_by([ONLY_MAC], values[-1].decode("latin-1")) or {}), **told}

    def _of_agent_and_path(self, agent: str, path: str) -> DeviceInfo | None:
        if not agent:
            return self.of_tftp(path)
        if self._is_other_make(agent):
            # The phone is no stranger to an administrator who has put it on record.
            told = self._of_own_path(path)
            return {"mac": told["mac"]} if told and {"vendor", "mac"} <= told.keys() else None
        name = posixpath.basename(path)
        said = self._told_by((p.agent for p in self._user_agents if p.goes_with(name)), agent)
        if said is None:
            told = self._of_own_path(path)
            return told if told and "vendor" in told else None
        return {**(self.of_tftp(path) or {}), **said, "vendor": self.vendor}

    def of_tftp(self, path: str) -> DeviceInfo | None:
        """
        Return what the path of a file tells, None if nothing.
        """
        told = self._of_own_path(path)
        if not told:
            told = self._told_by(self._shared_paths, path)
            if told is None:
                told = self._told_by(self._shared_files, posixpath.basename(path))
            if told is not None:
                told["vendor"] = self.vendor
        return told or None

    def _of_own_path(self, path: str) -> DeviceInfo | None:
        told = self._told_by(self._paths, path)
        return self._told_by(self._files, posixpath.basename(path)) if told is None else told

    def of_dhcp(self, mac: str, options: Mapping[int, str]) -> DeviceInfo | None:
        """
        Return what a lease tells of its phone, None if it isn't ours.

        :param mac: normalized; the lease's own, so it isn't repeated.
        """
        option_60 = options.get(60, "").rstrip("\x00 ")
        said = self._told_by(self._option_60, option_60)
        if said is None and (not mac.startswith(self._prefixes) or self._is_other_make(option_60)):
            return None
        return {**(said or {}), "vendor": self.vendor}

    def _is_other_make(self, text: str) -> bool:
        return any(pattern.fullmatch(text) for pattern in self._other_makes)

    def _told_by(self, patterns: Iterable[re.Pattern[str]], text: str) -> DeviceInfo | None:
        for pattern in patterns:
            match = pattern.fullmatch(text)
            if match is not None:
                return self._read(match.groupdict())
        return None

    def _read(self, groups: dict[str, str | None]) -> DeviceInfo:
        info = {key: text for key in _TOLD if (text := groups.get(key))}
        if "model" in info:
            info["model"] = self._spelling(info["model"])
        if "code" in groups:
            info["vendor"] = self.vendor
            named = self._model_of(groups["code"] or "")
            if named is not None:
                info["model"] = named
        if "mac" in info:
            info["mac"] = norm_mac(info["mac"])
            if info["mac"] in _NOBODY:
                del info["mac"]
            elif info["mac"].startswith(self._prefixes):
                info["vendor"] = self.vendor
        return info


class FamilyExtractor:
    """
    The extractor of a family's plugin, for all three protocols.  Answers at once.
    """

    REMEMBERABLE = True
    """The answer depends on the path, the query and the User-Agent (HTTP) or the file name (TFTP) alone."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def extract(self, request: Any, request_type: RequestType) -> DeviceInfo | None:
        """
        Return what the request tells of a phone of this family, None if nothing.
        """
        if request_type is RequestType.HTTP:
            agent = user_agent(request, request_type)
            return self._identity.of_http(agent, file_path(request, request_type), request.args)
        if request_type is RequestType.TFTP:
            return self._identity.of_tftp(file_path(request, request_type))
        return self._identity.of_dhcp(request["mac"], request["options"])

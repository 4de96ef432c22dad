"""
Where settings come from, strongest first: command line, environment, key file of accent-auth, the
files of the extra folder (the first by name wins), the main file, the defaults.  Maps are merged key by
key; a list or a single value is taken whole from the strongest source that has it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from provd.errors import InvalidSettings

from .check import settings_from
from .fields import LONGEST_SOCKET_PATH
from .model import Auth, Settings
from .oldnames import advertise_old_host, old_programs, unknown_keys
from .yamlfiles import UnusableFile, read_map

ETC = Path("/etc/accent-provd")
_VARIABLES = {
    "PROVD_HTTP_PORT": "general.http_proxied_listen_port",
    "PROVD_TFTP_PORT": "general.tftp_port",
    "PROVD_REST_PORT": "rest_api.port",
    "PROVD_DHCP_SOCKET": "dhcp.socket",
}


class Loaded(NamedTuple):
    """
    The settings, and what their owner should be told about the files, one line each.

    ``skipped`` names the files and folders that were asked for and could not be read: what they say is
    missing from the settings.
    """

    settings: Settings
    warnings: list[str]
    skipped: tuple[str, ...] = ()


@dataclass
class _Told:
    """
    What is found on the way.
    """

    warnings: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def skip(self, path: Path, warning: str) -> None:
        self.skipped.append(str(path))
        self.warnings.append(f"{path} {warning}")


def load(
    config_file: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] = os.environ,
    etc: Path = ETC,
) -> Loaded:
    """
    Read all sources.  Commands of ``!exec`` may keep it waiting, so a running daemon calls it in a thread.

    :param config_file: the main file if it was named on the command line, else ``config.yml`` of ``etc``.  A
        named one brings no extra folder but the one that it names itself in ``extra_config_files``.
    :param overrides: what else the command line gave, by dotted key: ``{"general.tftp_port": 6969}``.
    :param environ: ``PROVD_DATA_DIR``, ``PROVD_HTTP_PORT``, ``PROVD_TFTP_PORT``, ``PROVD_REST_PORT``,
        ``PROVD_DHCP_SOCKET`` and ``PROVD_CONF_DIR``, a folder read in place of the extra folder; empty ones
        count as absent.
    :raises InvalidSettings: if the main file can't be read as YAML, or with all mistakes in what was read
        and the warnings so far.
    """
    told = _Told()
    warnings = told.warnings
    values = _main_file(config_file, etc, told)
    extra = environ.get("PROVD_CONF_DIR") or values.get("extra_config_files")
    if isinstance(extra, str):
        values = _with_folder(values, Path(extra), told)
    elif config_file is None and os.path.isdir(etc / "conf.d"):
        values = _with_folder(values, etc / "conf.d", told)
    strongest = merged(_nested(environment_overrides(environ)), _nested(overrides or {}))
    values = _with_account(values, strongest, warnings)
    values = merged(values, strongest)
    warnings += advertise_old_host(values)
    warnings += unknown_keys(values)
    try:
        settings = settings_from(values)
    except InvalidSettings as error:
        raise InvalidSettings(error.mistakes, warnings) from None
    warnings += old_programs(settings.general.request_config_dir)
    if settings.rest_api.ssl:
        warnings.append("rest_api.ssl is deprecated: let a reverse proxy terminate TLS")
    return Loaded(settings, warnings, tuple(told.skipped))


def merged(weaker: Mapping[str, Any], stronger: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return both maps as one; an empty (null) section says nothing about the keys of a weaker one.
    """
    result = dict(weaker)
    for key, value in stronger.items():
        below = result.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            result[key] = merged(below, value)
        elif not (isinstance(below, dict) and value is None):
            result[key] = value
    return result


def environment_overrides(environ: Mapping[str, str]) -> dict[str, Any]:
    """
    Return what the environment sets, by dotted key.

    A data folder holds everything that the daemon writes.  Who sets one (a container, a developer) reads the
    daemon's output, so the main log is then written to no file.
    """
    found: dict[str, Any] = {}
    if environ.get("PROVD_DATA_DIR"):
        data = os.path.abspath(environ["PROVD_DATA_DIR"])
        socket = f"{data}/dhcp.sock"
        found |= {
            "general.base_storage_dir": data,
            "general.cache_dir": f"{data}/cache",
            "general.security_log_file": f"{data}/security.log",
            "general.log_file": None,
            # None if a deep folder has no room for it: who needs it names a place.
            "dhcp.socket": socket if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH else None,
        }
    return found | {key: environ[name] for name, key in _VARIABLES.items() if environ.get(name)}


def _main_file(named: Path | None, etc: Path, told: _Told) -> dict[str, Any]:
    path = named or etc / "config.yml"
    try:
        return read_map(path)
    except FileNotFoundError:
        if named is not None:
            told.skip(path, "doesn't exist: the defaults are used")
        return {}
    except UnusableFile as error:
        raise InvalidSettings({str(path): str(error)}) from None


def _with_folder(values: dict[str, Any], folder: Path, told: _Told) -> dict[str, Any]:
    for path in reversed(_extra_files(folder, told)):
        try:
            values = merged(values, read_map(path))
        except (UnusableFile, FileNotFoundError) as error:
            reason = error if isinstance(error, UnusableFile) else "doesn't exist"
            told.skip(path, f"is skipped: {reason}")
    return values


def _extra_files(folder: Path, told: _Told) -> list[Path]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        told.skip(folder, f"is skipped: {error.strerror}")
        return []
    return [folder / name for name in names if name.endswith(".yml") and not name.startswith(".")]


def _with_account(
    values: dict[str, Any], strongest: Mapping[str, Any], warnings: list[str]
) -> dict[str, Any]:
    """
    Settle ``auth.type`` and, with accent-auth, add the account of the key file.

    Files of earlier versions know no ``type``: one that says anything of accent-auth means to use it.
    """
    auth = merged(values, strongest).get("auth") or {}
    if not isinstance(auth, dict):
        return values
    kind = auth.get("type", "accent_auth" if auth else "local")
    values = merged({"auth": {"type": kind}}, values)
    key_file = auth.get("key_file", Auth().key_file)
    if kind != "accent_auth" or not isinstance(key_file, (str, Path)) or not key_file:
        return values
    try:
        account = read_map(Path(key_file))
    except FileNotFoundError:
        account, reason = {}, "there is no such file"
    except UnusableFile as error:
        account, reason = {}, str(error)
    else:
        reason = "service_id or service_key is missing or isn't text"
    name, key = account.get("service_id"), account.get("service_key")
    if not (isinstance(name, str) and isinstance(key, str) and name and key):
        warnings.append(f"no account for accent-auth from its key file {key_file}: {reason}")
        return values
    return merged(values, {"auth": {"username": name, "password": key}})


def _nested(dotted: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in dotted.items():
        section, _, name = key.rpartition(".")
        target = result
        for part in section.split(".") if section else []:
            target = target.setdefault(part, {})
        target[name] = value
    return result

"""
Which daemon is called, and as whom.  An option counts before the environment, that before ``cli.yml``, and
what this machine's own daemon has set up comes last.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provd.logs import Secret

from . import localdaemon, settingvalues
from .failures import CommandFailed, Exit
from .yamlfiles import BadFile, read_yaml

__all__ = ["Server", "find_server", "settings_file"]


@dataclass(frozen=True)
class Server:
    """
    A daemon and who calls it.

    :ivar url: what stands before the version of the API, without a slash at its end.
    :ivar token_from: where the token was found, for an operator whose token isn't taken.
    :ivar tenant: a UUID or a name; None for that of the token.
    :ivar verify: whose certificates are taken, as :func:`provd.certificates.https_policy` has it.
    :ivar timeout: seconds of silence after which nobody is thought to be there.
    :ivar warnings: what the operator should be told.
    """

    url: str
    token: Secret
    token_from: str
    tenant: str | None
    verify: bool | Path
    timeout: float
    warnings: tuple[str, ...] = ()


def settings_file(environ: Mapping[str, str]) -> Path:
    """
    Return where a user's settings are.
    """
    base = environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(base) / "accent-provd" / "cli.yml"


class _Source:
    """
    Settings of one origin, checked.
    """

    def __init__(self, prefix: str, mistakes: list[str], folder: Path = Path()) -> None:
        self._prefix = prefix
        self._mistakes = mistakes
        self._folder = folder
        self.values: dict[str, Any] = {}

    def label(self, key: str) -> str:
        """
        Return what the operator calls a setting here.
        """
        if self._prefix == "--":
            return f"--{key.replace('_', '-')}"
        return f"PROVD_{key.upper()}" if self._prefix == "PROVD_" else f"{self._prefix}{key}"

    def take(self, given: Mapping[str, Any]) -> _Source:
        for key, value in given.items():
            check = settingvalues.CHECKS.get(key)
            try:
                if check is None:
                    raise ValueError(f"isn't one of {', '.join(settingvalues.CHECKS)}")
                self.values[key] = check(value, self._folder)
            except ValueError as error:
                self._mistakes.append(f"{self.label(key)} {error}")
        for one, other in (("token", "token_file"), ("cacert", "insecure")):
            if self.values.get(one) and self.values.get(other):
                self._mistakes.append(f"{self.label(one)} and {self.label(other)} exclude each other")
        return self


def find_server(given: Mapping[str, Any], environ: Mapping[str, str]) -> Server:
    """
    Return the daemon that is meant.

    :param given: the options of the command line.
    :raises CommandFailed: naming all that is wrong with the settings; or if there is no token.
    """
    mistakes: list[str] = []
    keys = [key for key in given if key != "json"]
    options = _Source("--", mistakes).take({key: given[key] for key in keys})
    named = {key: environ[f"PROVD_{key.upper()}"] for key in settingvalues.CHECKS
             if environ.get(f"PROVD_{key.upper()}")}  # fmt: skip
    environment = _Source("PROVD_", mistakes).take(named)
    path = settings_file(environ)
    file = _Source(f"{path}: ", mistakes, path.parent)
    warnings = _take_file(file, path, mistakes)
    local_url = None
    try:
        local_url = localdaemon.url(environ)
    except ValueError as error:
        mistakes.append(str(error))
    if mistakes:
        raise CommandFailed("; ".join(mistakes), Exit.USAGE)
    sources = [options, environment, file]
    url = _first(sources, "url") or local_url
    assert url is not None
    token, token_from = _token(sources, url, environ)
    return Server(
        url,
        token,
        token_from,
        _first(sources, "tenant"),
        _verify(sources),
        _first(sources, "timeout") or settingvalues.TIMEOUT,
        tuple(warnings),
    )


def _take_file(file: _Source, path: Path, mistakes: list[str]) -> list[str]:
    try:
        content = read_yaml(path)
        mode = path.stat().st_mode
    except FileNotFoundError:
        return []
    except BadFile as error:
        mistakes.append(f"{path} {error}")
        return []
    if content is None:
        return []
    if not isinstance(content, dict):
        mistakes.append(f"{path} isn't a map of settings")
        return []
    file.take({str(key): value for key, value in content.items()})
    if "token" in content and mode & (stat.S_IRGRP | stat.S_IROTH):
        return [f"{path} holds a token and others may read it: chmod 600"]
    return []


def _first(sources: list[_Source], key: str) -> Any:
    return next((source.values[key] for source in sources if key in source.values), None)


def _verify(sources: list[_Source]) -> bool | Path:
    for source in sources:
        if source.values.get("insecure"):
            return False
        if "cacert" in source.values:
            return Path(source.values["cacert"])
    return True


def _token(sources: list[_Source], url: str, environ: Mapping[str, str]) -> tuple[Secret, str]:
    """
    Return the token and where it is from.

    A token that stands beside a URL is that server's, and none is sent to another.
    """
    file = sources[-1]
    for source in sources:
        if source is file and file.values.get("url", url) != url:
            continue
        if "token" in source.values:
            return source.values["token"], source.label("token")
        if "token_file" in source.values:
            path = source.values["token_file"]
            try:
                return settingvalues.read_token(path), str(path)
            except ValueError as error:
                raise CommandFailed(f"{source.label('token_file')}: {path} {error}", Exit.USAGE) from None
    problem = "there is none of this machine for another server"
    if localdaemon.is_local(url):
        try:
            return localdaemon.token(environ)
        except ValueError as error:
            problem = str(error)
    raise CommandFailed(
        f"no token for {url}: {problem} (see --token-file, PROVD_TOKEN, {settings_file(environ)})",
        Exit.UNAUTHORIZED,
    )

"""
Every error that provd raises on purpose.  An error carries values, so that REST, TFTP and the log can
each say it in their own terms; ``http_status`` is what REST answers.
"""

from __future__ import annotations

from collections.abc import Iterable


class ProvdError(Exception):
    """
    The root of the tree; raised only as one of its branches.
    """

    http_status = 500
    error_id = "internal-error"


class NotFound(ProvdError):
    """
    Nothing of that kind has that name.

    :param kind: ``"device"``, ``"config"``, ``"plugin"``, ...
    """

    http_status = 404
    error_id = "not-found"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"no {kind} {name!r}")
        self.kind, self.name = kind, name


class Conflict(ProvdError):
    """
    Something of that kind already has that name.
    """

    http_status = 409
    error_id = "duplicate-id"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{kind} {name!r} already exists")
        self.kind, self.name = kind, name


_INVALID = {"id": "invalid-id", "mac": "invalid-mac", "ip": "invalid-ip"}


class InvalidDocument(ProvdError):
    """
    A device, config or raw config that can't be accepted.

    :param mistakes: all that is wrong, by key: ``{"raw_config.ntp_ip": "isn't text"}``.
    """

    http_status = 400
    error_id = "invalid-body"

    def __init__(self, kind: str, mistakes: dict[str, str]) -> None:
        super().__init__(f"invalid {kind}: " + "; ".join(f"{key} {text}" for key, text in mistakes.items()))
        self.kind, self.mistakes = kind, mistakes
        if len(mistakes) == 1:
            (key,) = mistakes
            self.error_id = _INVALID.get(key, self.error_id)


class NotDeletable(ProvdError):
    """
    A config whose ``deletable`` is false.
    """

    http_status = 403
    error_id = "not-deletable"

    def __init__(self, name: str) -> None:
        super().__init__(f"config {name!r} isn't deletable")


class InvalidQuery(ProvdError):
    """
    A selector, field list or paging value that can't be understood.
    """

    http_status = 400
    error_id = "invalid-query"


class InvalidSettings(ProvdError):
    """
    Settings that the daemon can't start with.

    :param mistakes: all that is wrong, by dotted key: ``{"general.tftp_port": "70000 isn't a port"}``.
    :param warnings: what else its owner should be told, one line each.
    """

    def __init__(self, mistakes: dict[str, str], warnings: Iterable[str] = ()) -> None:
        super().__init__("\n".join(f"{key}: {text}" for key, text in mistakes.items()))
        self.mistakes = mistakes
        self.warnings = list(warnings)


class StoreError(ProvdError):
    """
    A document could not be written: disk full, read-only or damaged.  Memory is as it was before.
    """


class PluginError(ProvdError):
    """
    A plugin that can't be read, unpacked, loaded or run.
    """

    def __init__(self, plugin_id: str, problem: str) -> None:
        super().__init__(f"plugin {plugin_id}: {problem}")
        self.plugin_id, self.problem = plugin_id, problem


class RepositoryError(ProvdError):
    """
    An index of plugins that can't be read, isn't one, or isn't signed as it must be.
    """


class Refused(ProvdError):
    """
    An action that can't be begun as things are: the plugin is installed already, or not at all, ...

    :param error_id: which of REST's reasons, such as ``"plugin-not-installed"``.
    """

    def __init__(self, error_id: str, problem: str, http_status: int = 400) -> None:
        super().__init__(problem)
        self.error_id, self.http_status = error_id, http_status


class DownloadError(ProvdError):
    """
    A file that can't be fetched, or isn't the one that was meant.

    :param url: where from; shown without the user and password that it may hold.
    :param problem: ``"404 Not Found"``, ``"has 12 bytes instead of 4096"``, ...
    :param status: what an HTTP server answered, None if that isn't the problem.
    """

    def __init__(self, url: str, problem: str, status: int | None = None) -> None:
        super().__init__(f"{without_credentials(url)}: {problem}")
        self.url, self.problem, self.status = url, problem, status


def without_credentials(url: str) -> str:
    """
    Return a URL without its user and password.
    """
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"

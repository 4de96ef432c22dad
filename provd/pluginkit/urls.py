"""
URLs of the phone book and of the users' services, added to a raw config for templates to print.

Templates and raw configs exist in two vintages that differ in the names of their keys: either name is
read, both are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twisted.logger import Logger

__all__ = [
    "add_accent_phonebook_url",
    "add_accent_phonebook_url_from_format",
    "add_accent_phoned_user_service_url",
    "add_wazo_phoned_user_service_url",
    "add_xivo_phonebook_url",
    "add_xivo_phonebook_url_from_format",
]

_log = Logger()

_DEFAULT_SCHEME = "http"
_DEFAULT_PORT = 9498
_PROFILE = "default"

RawConfig = dict[str, Any]


def add_accent_phonebook_url(
    raw_config: RawConfig, vendor: str, entry_point: str = "input", qs_prefix: str = "", qs_suffix: str = ""
) -> None:
    """
    Add the URL of the phone book as ``XX_accent_phonebook_url`` and ``XX_xivo_phonebook_url``, unless the
    raw config lacks the phone book's address or the user.

    :param entry_point: what the phone asks for, such as ``"input"`` or ``"lookup"``.
    :param qs_prefix: put at the start of the query, such as ``"lang=fr"``.
    :param qs_suffix: put at its end, such as ``"term=%"``.
    """
    server = _phonebook_server(raw_config)
    if server is not None:
        query = "&".join(filter(None, (qs_prefix, f"{server.user_key}={server.user_uuid}", qs_suffix)))
        path = f"directories/{entry_point}/{_PROFILE}/{vendor}"
        _set_phonebook_url(raw_config, f"{server.base_url}/{path}?{query}")


def add_accent_phonebook_url_from_format(raw_config: RawConfig, url_format: str) -> None:
    """
    Add the URL of the phone book under the same keys, made from a format.

    :param url_format: with the fields ``scheme``, ``hostname``, ``port``, ``profile``, ``user_uuid``.
    """
    server = _phonebook_server(raw_config)
    if server is not None:
        url = url_format.format(
            scheme=server.scheme,
            hostname=server.hostname,
            port=server.port,
            profile=_PROFILE,
            user_uuid=server.user_uuid,
        )
        _set_phonebook_url(raw_config, url)


def add_accent_phoned_user_service_url(raw_config: RawConfig, vendor: str, service: str) -> None:
    """
    Add the URLs that switch a user's service on and off as ``XX_*_phoned_user_service_<service>_enabled_url``
    and ``_disabled_url``, unless the raw config lacks the phone book's address or the user.

    :param service: such as ``"dnd"``.
    """
    server = _phonebook_server(raw_config)
    if server is not None:
        url = f"{server.base_url}/{vendor}/users/{server.user_uuid}/services/{service}"
        for family in ("accent", "wazo"):
            key = f"XX_{family}_phoned_user_service_{service}"
            raw_config[f"{key}_enabled_url"] = f"{url}/enable"
            raw_config[f"{key}_disabled_url"] = f"{url}/disable"


add_xivo_phonebook_url = add_accent_phonebook_url
add_xivo_phonebook_url_from_format = add_accent_phonebook_url_from_format
add_wazo_phoned_user_service_url = add_accent_phoned_user_service_url


@dataclass(frozen=True)
class _PhonebookServer:
    scheme: str
    hostname: str
    port: int | str
    user_key: str
    user_uuid: str

    @property
    def base_url(self) -> str:
        return f"{self.scheme}://{self.hostname}:{self.port}/0.1"


def _phonebook_server(raw_config: RawConfig) -> _PhonebookServer | None:
    hostname = _either(raw_config, "phonebook_ip")
    if hostname is None:
        return None
    # The phone-book service of each vintage insists on its own name for the user.
    for family in ("accent", "xivo"):
        if user_uuid := raw_config.get(f"X_{family}_user_uuid"):
            return _PhonebookServer(
                scheme=_either(raw_config, "phonebook_scheme") or _DEFAULT_SCHEME,
                hostname=hostname,
                port=_either(raw_config, "phonebook_port") or _DEFAULT_PORT,
                user_key=f"{family}_user_uuid",
                user_uuid=user_uuid,
            )
    _log.debug("no phone book URL: the raw config names no user")
    return None


def _either(raw_config: RawConfig, name: str) -> Any:
    return raw_config.get(f"X_accent_{name}") or raw_config.get(f"X_xivo_{name}")


def _set_phonebook_url(raw_config: RawConfig, url: str) -> None:
    raw_config["XX_accent_phonebook_url"] = url
    raw_config["XX_xivo_phonebook_url"] = url

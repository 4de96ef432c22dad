"""
The well-known configs that a new site begins with, so that a phone gets a working configuration at once.
"""

from __future__ import annotations

import secrets
import string
from pathlib import Path

from provd.model.configs import Config
from provd.store.interfaces import IDocumentStore
from provd.timezones.database import zone_names

WELL_KNOWN = ("base", "default", "defaultconfigdevice", "autoprov")
"""The ids of the configs that :func:`well_known_configs` makes."""

_ALPHABET = string.ascii_letters + string.digits
_LOCALTIME = Path("/etc/localtime")


def random_text(length: int) -> str:
    """
    Return letters and digits, each position worth 5.95 bits.
    """
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def machine_timezone(localtime: Path = _LOCALTIME) -> str | None:
    """
    Return the name of the machine's time zone, if it has one that phones can be told.
    """
    try:
        target = localtime.resolve(strict=True).parts
    except (OSError, RuntimeError):  # RuntimeError: a link that goes in circles, before Python 3.13
        return None
    if "zoneinfo" not in target:
        return None
    name = "/".join(target[target.index("zoneinfo") + 1 :])
    return name if name in zone_names() else None


def well_known_configs(ntp_server: str, sip_server: str, timezone: str | None) -> list[Config]:
    """
    Return ``base``, ``default``, ``defaultconfigdevice`` and ``autoprov``, with passwords of their own.

    :param ntp_server, sip_server: addresses or host names.
    """
    account = {
        "username": "ap" + random_text(8),
        "password": random_text(16),
        "display_name": "Autoprov",
        "number": "autoprov",
        "proxy_ip": sip_server,
        "registrar_ip": sip_server,
    }
    site = {"X_key": "", "ntp_enabled": True, "ntp_ip": ntp_server}
    if timezone is not None:
        site["timezone"] = timezone
    return [
        {
            "id": "base",
            "X_type": "internal",
            "deletable": False,
            "displayname": "base",
            "parent_ids": [],
            "raw_config": site,
        },
        {
            "id": "default",
            "X_type": "registrar",
            "deletable": False,
            "displayname": "local",
            "parent_ids": [],
            "raw_config": {"X_key": ""},
            "registrar_main": sip_server,
            "proxy_main": sip_server,
        },
        {
            "id": "defaultconfigdevice",
            "X_type": "device",
            "deletable": False,
            "label": "Default config device",
            "parent_ids": [],
            "raw_config": {
                "admin_username": "admin",
                "admin_password": random_text(16),
                "user_username": "user",
                "user_password": random_text(16),
                "sip_dtmf_mode": "RTP-out-of-band",
            },
        },
        {
            "id": "autoprov",
            "X_type": "internal",
            "deletable": False,
            "role": "autocreate",
            "parent_ids": ["base", "defaultconfigdevice"],
            "raw_config": {"sip_lines": {"1": account}, "sccp_call_managers": {"1": {"ip": sip_server}}},
        },
    ]


def is_untouched(devices: IDocumentStore, configs: IDocumentStore) -> bool:
    """
    Tell whether a store is empty, or holds no more than a first start that was cut short wrote.
    """
    return not len(devices) and set(configs.ids()) < set(WELL_KNOWN)


async def write_well_known_configs(store: IDocumentStore, configs: list[Config]) -> None:
    """
    Store the configs, those that exist left as they are.
    """
    for config in configs:
        if config["id"] not in store:
            await store.insert(config)

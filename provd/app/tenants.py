"""
Tenants: which one devices are born in, and whose key opens which phone's URL.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from pathlib import Path

from twisted.logger import Logger

from provd.errors import InvalidSettings
from provd.logs import Secret
from provd.store.atomic import write_durably


class Tenants:
    """
    The master tenant and the provisioning keys.

    :param master: where devices are born, or None while it isn't known.
    :param keys: tenant to provisioning key.
    """

    def __init__(self, master: str | None, keys: Mapping[str, Secret | None]) -> None:
        self.master = master
        self._keys = {tenant: key for tenant, key in keys.items() if key is not None}
        # By digest, so that how long a look-up takes tells nothing of a key.
        self._owners = {_digest(key.reveal()): tenant for tenant, key in self._keys.items()}

    def key_of(self, tenant: str | None) -> Secret | None:
        """
        Return the tenant's provisioning key; one that is missing or null means the master tenant.
        """
        owner = tenant or self.master
        return None if owner is None else self._keys.get(owner)

    def owner_of(self, key: str) -> str | None:
        """
        Return the tenant whose provisioning key this is.
        """
        return self._owners.get(_digest(key))

    def is_new(self, tenant: str | None) -> bool:
        """
        Tell whether a device of that tenant still waits for its own.
        """
        return tenant is None or tenant == self.master


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


_log = Logger()


def local_master_tenant(path: Path) -> str:
    """
    Return the first tenant of the table of local tenants, which is made with one tenant where it's missing.

    :param path: a JSON list of ``{"uuid", "name", "parent"}``, the master tenant first.
    :raises InvalidSettings: if the file is no such list.
    """
    try:
        table = json.loads(path.read_bytes())
        return str(uuid.UUID(str(table[0]["uuid"])))
    except FileNotFoundError:
        master = str(uuid.uuid4())
        table = [{"uuid": master, "name": "master", "parent": None}]
        write_durably(path, json.dumps(table, indent=1).encode())
        _log.info("the master tenant is {tenant}", tenant=master)
        return master
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InvalidSettings({"auth": f"the table of tenants {path} can't be read: {error}"}) from error

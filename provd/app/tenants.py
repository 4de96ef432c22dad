"""
Tenants: which one devices are born in, and whose key opens which phone's URL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from provd.logs import Secret


class Tenants:
    """
    The master tenant and the provisioning keys.

    :param master: where devices are born, or None while it isn't known.
    :param keys: tenant to provisioning key.
    """

    def __init__(self, master: str | None, keys: Mapping[str, Secret | None]) -> None:
        self.master = master
        self.take_keys(keys)

    def take_keys(self, keys: Mapping[str, Secret | None]) -> None:
        """
        Take other keys for those that there were.
        """
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

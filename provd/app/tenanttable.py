"""
Local tenants: a small tree, whose root is the master tenant.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from twisted.logger import Logger

from provd.addresses import norm_uuid
from provd.errors import Conflict, InvalidDocument, InvalidSettings, NotFound, Refused, StoreError
from provd.store.atomic import write_durably

__all__ = ["LocalTenant", "TenantTable"]

_LONGEST_NAME = 200


class LocalTenant(NamedTuple):
    """
    A tenant.

    :param parent: the UUID of the one above it; None has only the master tenant.
    """

    uuid: str
    name: str
    parent: str | None


class TenantTable:
    """
    The table of tenants, in a file: a JSON list of ``{"uuid", "name", "parent"}``, the master tenant first.
    One that is missing is made, with the master tenant in it.  Methods that block may be called in threads,
    several at once.

    :raises InvalidSettings: if the file is no such list.
    """

    _log = Logger()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()  # one change after the other
        self._tenants: dict[str, LocalTenant] = {}
        self._closed: set[str] = set()
        try:
            for entry in json.loads(path.read_bytes()):
                parent = entry.get("parent")
                tenant = LocalTenant(
                    norm_uuid(str(entry["uuid"])),
                    str(entry.get("name", "")),
                    None if parent is None else norm_uuid(str(parent)),
                )
                self._tenants[tenant.uuid] = tenant
            self.master = next(iter(self._tenants))
        except FileNotFoundError:
            self.master = str(uuid.uuid4())
            self._save({self.master: LocalTenant(self.master, "master", None)})
            self._log.info("the master tenant is {tenant}", tenant=self.master)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, StopIteration) as error:
            raise InvalidSettings(
                {"auth": f"the table of tenants {path} can't be read: {type(error).__name__} {error}"}
            ) from error

    def __contains__(self, tenant: str) -> bool:
        return tenant in self._tenants and tenant not in self._closed

    def all(self) -> list[LocalTenant]:
        """
        Return the tenants, the master tenant first.
        """
        return list(self._tenants.values())

    def family(self, tenant: str) -> frozenset[str]:
        """
        Return a tenant with all its descendants; nothing if there is none of that UUID.
        """
        if tenant not in self:
            return frozenset()
        found = {tenant}
        while True:
            more = {t.uuid for t in self._tenants.values() if t.parent in found and t.uuid not in found}
            if not more:
                return frozenset(found - self._closed)
            found |= more

    def add(self, name: str, parent: str, wanted: str | None = None) -> str:
        """
        Add a tenant below another; return its UUID.  Blocks.

        :param wanted: its UUID, None for a new one.
        :raises InvalidDocument: if it can't be one.
        :raises NotFound: if there is no such parent.
        :raises Conflict: if that UUID is taken.
        :raises StoreError: if it can't be written.
        """
        if not name or len(name) > _LONGEST_NAME:
            raise InvalidDocument("tenant", {"name": f"isn't a text of 1 to {_LONGEST_NAME} characters"})
        try:
            new = str(uuid.uuid4()) if wanted is None else norm_uuid(wanted)
        except ValueError:
            raise InvalidDocument("tenant", {"uuid": "isn't a UUID"}) from None
        with self._lock:
            if new in self._tenants:
                raise Conflict("tenant", new)
            if parent not in self:
                raise NotFound("tenant", parent)
            self._save({**self._tenants, new: LocalTenant(new, name, parent)})
        return new

    def close(self, tenant: str) -> None:
        """
        Take a tenant for one that isn't there, before it is removed: nobody acts for it any more, or puts
        another one below it.  Blocks.

        :raises NotFound: if there is none of that UUID.
        :raises Refused: if it is the master tenant, or has others below it.
        """
        with self._lock:
            if tenant not in self:
                raise NotFound("tenant", tenant)
            if tenant == self.master:
                raise Refused("invalid-body", "the master tenant can't be removed", 409)
            if any(other.parent == tenant for other in self._tenants.values()):
                raise Refused("invalid-body", "there are tenants below this one", 409)
            self._closed.add(tenant)

    def reopen(self, tenant: str) -> None:
        """
        Undo :meth:`close`; nothing if the tenant is removed.
        """
        self._closed.discard(tenant)

    def remove(self, tenant: str) -> None:
        """
        Remove a tenant that is closed.  Blocks.

        :raises StoreError: if it can't be written; then it is there, and closed.
        """
        with self._lock:
            self._save({i: t for i, t in self._tenants.items() if i != tenant})

    def _save(self, tenants: dict[str, LocalTenant]) -> None:
        table = [tenant._asdict() for tenant in tenants.values()]
        try:
            write_durably(self._path, json.dumps(table, indent=1).encode())
        except OSError as error:
            raise StoreError(f"the table of tenants can't be written: {error.strerror}") from error
        self._tenants = tenants

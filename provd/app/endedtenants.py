"""
Which tenants have ended and may still have something here, on disk: what a crash interrupts is taken up
again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from twisted.internet.defer import DeferredLock
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.errors import StoreError
from provd.store.atomic import write_durably

__all__ = ["EndedTenants"]


class EndedTenants:
    """
    A JSON object in a file: tenant to the configs that its devices used.  A file that can't be read is logged
    and passed over.
    """

    _log = Logger()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = DeferredLock()
        self._configs: dict[str, list[str]] = {}
        try:
            for tenant, config_ids in json.loads(path.read_bytes()).items():
                self._configs[tenant] = [str(config_id) for config_id in config_ids]
        except FileNotFoundError:
            pass
        except (OSError, ValueError, AttributeError, TypeError, RecursionError):
            self._log.error("{path} can't be read and is passed over", path=str(path))

    def tenants(self) -> list[str]:
        """
        Return the tenants, the one that ended first first.
        """
        return list(self._configs)

    def configs(self, tenant: str) -> list[str]:
        """
        Return the configs that devices of a tenant used.
        """
        return list(self._configs.get(tenant, ()))

    async def add(self, tenant: str, config_ids: Iterable[str] = ()) -> None:
        """
        Note that a tenant has ended; return once that would survive a power cut.

        :param config_ids: what its devices use, beside what is noted already.
        :raises StoreError: if it can't be written; it is known all the same until the daemon stops.
        """
        self._configs[tenant] = list(dict.fromkeys([*self.configs(tenant), *config_ids]))
        await self._save()

    async def done(self, tenant: str) -> None:
        """
        Forget a tenant of which nothing is left.

        :raises StoreError: if it can't be written.
        """
        self._configs.pop(tenant, None)
        await self._save()

    async def _save(self) -> None:
        await self._lock.acquire()
        try:
            content = json.dumps(self._configs).encode()
            await deferToThread(write_durably, self._path, content)
        except OSError as error:
            raise StoreError(f"{self._path} can't be written: {error.strerror}") from error
        finally:
            self._lock.release()

"""
Tenants that were deleted elsewhere, ended here beside everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from provd.errors import ProvdError

from .endedtenants import EndedTenants
from .tenantend import TenantEnd
from .tenants import Tenants

__all__ = ["Endings"]


class Endings(Service):
    """
    Ends the tenants that are noted as ended, those of an earlier run too.  One that fails is tried again.

    :param is_kept: tells whether the daemon itself knows better: the tenant exists.
    """

    PAUSE = 60.0
    """Seconds before what failed is tried again."""

    name = "tenants' ends"
    _log = Logger()

    def __init__(
        self,
        tenant_end: TenantEnd,
        ended: EndedTenants,
        tenants: Tenants,
        is_kept: Callable[[str], bool],
        reactor: Any,
    ) -> None:
        self._tenant_end = tenant_end
        self._ended = ended
        self._tenants = tenants
        self._is_kept = is_kept
        self._reactor = reactor
        self._sleep: Deferred[None] | None = None
        self._loop: Deferred[None] | None = None

    async def take(self, tenant: str) -> None:
        """
        Have a tenant ended; return once that can't be forgotten any more.

        :raises StoreError: if that can't be written; it is ended all the same if the daemon runs on.
        """
        if self._is_kept(tenant):
            self._log.error("tenant {tenant} is said to be deleted, but it is kept", tenant=tenant)
            return
        if tenant not in self._ended.tenants():
            self._log.info("tenant {tenant} is deleted", tenant=tenant)
        try:
            await self._ended.add(tenant)
        finally:
            self._wake()

    def startService(self) -> None:
        super().startService()
        self._loop = Deferred.fromCoroutine(self._work())

    def stopService(self) -> Deferred[None] | None:
        super().stopService()
        self._tenant_end.stop()
        self._wake()
        return self._loop

    def _wake(self) -> None:
        if self._sleep is not None:
            sleep, self._sleep = self._sleep, None
            sleep.callback(None)

    async def _work(self) -> None:
        while self.running:
            tried: set[str] = set()
            while self.running and (left := [t for t in self._ended.tenants() if t not in tried]):
                tried.add(left[0])
                await self._try(left[0])
            await self._pause()

    async def _pause(self) -> None:
        if not self.running:
            return
        self._sleep = Deferred()
        timer = self._reactor.callLater(self.PAUSE, self._wake) if self._ended.tenants() else None
        await self._sleep
        if timer is not None and timer.active():
            timer.cancel()

    async def _try(self, tenant: str) -> None:
        master = self._tenants.master
        if master is None:  # it might be this one
            return
        try:
            if tenant == master:
                self._log.error("the master tenant is said to be deleted, but it is kept")
                await self._ended.done(tenant)
            else:
                await self._tenant_end.of(tenant)
                self._log.info("nothing is left of tenant {tenant}", tenant=tenant)
        except ProvdError as error:
            if self.running:
                self._log.error(
                    "what tenant {tenant} had isn't all gone: {why}; tried again in {pause:g} s",
                    tenant=tenant,
                    why=str(error),
                    pause=self.PAUSE,
                )
        except Exception:
            self._log.failure("what tenant {tenant} had isn't all gone", tenant=tenant)

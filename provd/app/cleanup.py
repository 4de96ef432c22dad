"""
Tenants that have gone while nobody told the daemon.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import deferLater
from twisted.logger import Logger

from provd.addresses import is_normed_uuid
from provd.errors import ProvdError
from provd.model.codes import TENANT
from provd.settings.model import TenantCleanUp
from provd.store.interfaces import IStore

__all__ = ["CleanUp", "Doubtful", "owners_of", "unlisted"]


class Doubtful(ProvdError):
    """
    A list of tenants that nothing may be deleted for.
    """


def unlisted(owners: Iterable[str], listed: Collection[str], master: str | None) -> list[str]:
    """
    Return the tenants that own something but are not listed any more.

    :raises Doubtful: if that can't be the list of all tenants.
    """
    there = {tenant.lower() for tenant in listed}
    if not there:
        raise Doubtful("the list of tenants is empty")
    if master is None or master.lower() not in there:
        raise Doubtful("the list of tenants lacks the master tenant")
    return [tenant for tenant in owners if tenant.lower() not in there]


def owners_of(store: IStore) -> set[str]:
    """
    Return the tenants that have a device, or a config that waits for their phones.  A device without a tenant
    is the master tenant's and counts for none, and so does what can't be a tenant.
    """
    waiting = filter(is_normed_uuid, store.configs.values(TENANT))
    return {*filter(None, store.devices.values("tenant_uuid")), *waiting}


class CleanUp(Service):
    """
    Ends, from time to time, the tenants that accent-auth no longer lists.  When anything is in doubt, nothing
    is deleted, until the next time.

    :param owners: returns the tenants that own something here.
    :param listed: returns all tenants there are.
    :param master: returns the master tenant, if it is known.
    :param end: has a tenant ended.
    """

    name = "tenants' clean-up"
    _log = Logger()

    def __init__(
        self,
        times: TenantCleanUp,
        owners: Callable[[], Collection[str]],
        listed: Callable[[], Awaitable[Collection[str]]],
        master: Callable[[], str | None],
        end: Callable[[str], Coroutine[Any, Any, None]],
        reactor: Any,
    ) -> None:
        self._times = times
        self._owners = owners
        self._listed = listed
        self._master = master
        self._end = end
        self._reactor = reactor
        self._loop: Deferred[None] | None = None

    def startService(self) -> None:
        super().startService()
        self._loop = Deferred.fromCoroutine(self._for_ever())
        self._loop.addErrback(lambda failure: failure.trap(CancelledError))

    def stopService(self) -> Deferred[None] | None:
        super().stopService()
        if self._loop is not None:
            self._loop.cancel()
        return self._loop

    async def _for_ever(self) -> None:
        await deferLater(self._reactor, self._times.start_sec)
        while self.running:
            try:
                await self._run()
            except CancelledError:
                raise
            except ProvdError as error:
                self._log.warn("no tenant is cleaned up: {why}", why=str(error))
            except Exception:
                self._log.failure("no tenant is cleaned up")
            await deferLater(self._reactor, self._times.interval_sec)

    async def _run(self) -> None:
        # Asked first: a tenant that is made meanwhile, and gets a device, would be in this list alone.
        owners = self._owners()
        for tenant in sorted(unlisted(owners, await self._listed(), self._master())):
            ended: Deferred[None] = Deferred()  # a stop gives this up, and not what writes a file meanwhile
            Deferred.fromCoroutine(self._end(tenant)).chainDeferred(ended)
            await ended

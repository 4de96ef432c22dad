"""
What ends tenants: as REST wants it, as the bus tells it, or as accent-auth no longer lists them.
"""

from __future__ import annotations

from typing import Any

from twisted.application.service import Service

from provd.app.cleanup import CleanUp, owners_of
from provd.app.endedtenants import EndedTenants
from provd.app.endings import Endings
from provd.app.tenantend import TenantEnd
from provd.settings.model import Settings

from .administration import device_changes
from .authority import AccentAuthority, Authority
from .parts import Parts

ENDED_TENANTS = "ended-tenants.json"


class TenantEnds:
    """
    The parts for that, in a daemon.

    :ivar end: removes what belonged to a tenant.
    :ivar endings: has that done for tenants that were deleted elsewhere.
    """

    def __init__(self, settings: Settings, parts: Parts, who: Authority, reactor: Any) -> None:
        ended = EndedTenants(settings.general.base_storage_dir / ENDED_TENANTS)
        self.end = TenantEnd(
            parts.store, device_changes(parts), parts.parameters, parts.tenants, ended, reactor
        )
        self.endings = Endings(self.end, ended, parts.tenants, self._is_kept, reactor)
        self._times = settings.general.syncdb
        self._parts = parts
        self._who = who
        self._reactor = reactor

    def _is_kept(self, tenant: str) -> bool:
        table = self._who.tenant_table
        return tenant == self._parts.tenants.master or (table is not None and bool(table.family(tenant)))

    def services(self) -> list[Service]:
        """
        Return what runs beside the listeners, in order.  The daemon's own tenants need no clean-up.
        """
        who, parts = self._who, self._parts
        if not isinstance(who, AccentAuthority):
            return [self.endings]

        clean_up = CleanUp(
            self._times,
            lambda: owners_of(parts.store) | set(parts.parameters.provisioning_keys),
            who.listed,
            lambda: parts.tenants.master,
            self.endings.take,
            self._reactor,
        )
        return [self.endings, clean_up]

"""
Whose new phones are, and who may administer: by the daemon's own tables, or by accent-auth.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.accentauth.client import AuthServer, NewToken, ServerFailed
from provd.accentauth.servicetoken import ServiceToken
from provd.addresses import norm_uuid
from provd.app.tenants import Tenants
from provd.app.tenanttable import TenantTable
from provd.app.tokens import Tokens
from provd.errors import InvalidSettings, StoreError
from provd.rest.access import Access, LocalAccess
from provd.rest.remoteaccess import AccentAuthAccess
from provd.settings.model import Settings
from provd.store.atomic import write_durably

ADMIN_TOKEN = "admin-token"
MASTER_TENANT = "master-tenant.json"

_log = Logger()


class LocalAuthority:
    """
    The daemon's own tables of tokens and tenants, made where they are missing.

    :ivar master: the tenant in which devices are born.
    :raises InvalidSettings: if a table can't be read.
    """

    service_token = None

    def __init__(self, data: Path, reactor: Any) -> None:
        self.tenant_table = TenantTable(data / "tenants.json")
        self.tokens = Tokens(data / "tokens.json")
        self.master: str | None = self.tenant_table.master
        self.is_known = True
        self._data = data
        self._reactor = reactor

    def access(self) -> Access:
        """
        Return who checks the callers of the API.  Makes the administrator's token where there is no token at
        all.
        """
        if not len(self.tokens):
            file = self._data / ADMIN_TOKEN
            self.tokens.create(
                "administrator",
                ["#"],
                self.tenant_table.master,
                tell=lambda token: write_durably(file, f"{token.reveal()}\n".encode(), 0o600),
            )
        return LocalAccess(self.tokens, self.tenant_table)

    def everyone(self) -> frozenset[str] | None:
        """
        Return all tenants; None where only accent-auth knows them.
        """
        return self.tenant_table.family(self.tenant_table.master)

    async def family(self, tenant: str) -> frozenset[str]:
        """
        Return a tenant with all its descendants.
        """
        return self.tenant_table.family(tenant)

    def upkeep(self, tenants: Tenants) -> Service:
        """
        Return what runs beside the daemon.
        """
        return _TokenUse(self.tokens, self._reactor)


class _TokenUse(Service):
    """
    Writes when tokens were used last.
    """

    SECONDS = 600.0

    name = "token use"

    def __init__(self, tokens: Tokens, reactor: Any) -> None:
        self._tokens = tokens
        self._loop = LoopingCall(self._save)
        self._loop.clock = reactor

    def startService(self) -> None:
        super().startService()
        self._loop.start(self.SECONDS, now=False)

    def stopService(self) -> Any:
        super().stopService()
        if self._loop.running:
            self._loop.stop()
        return self._save()

    def _save(self) -> Any:
        return deferToThread(self._tokens.save_use).addErrback(self._failed)

    def _failed(self, failure: Any) -> None:
        failure.trap(StoreError)
        _log.error("{why}", why=str(failure.value))


class AccentAuthority:
    """
    accent-auth, which may be away: phones are served all the same.

    :ivar master: the tenant in which devices are born: that of the daemon's account, as it was last known;
        None while it isn't.
    :ivar service_token: the daemon's own, None before :meth:`upkeep`.
    """

    tokens = tenant_table = None

    def __init__(self, settings: Settings, reactor: Any) -> None:
        self._settings = settings.auth
        self._file = settings.general.base_storage_dir / MASTER_TENANT
        self._reactor = reactor
        self._server = AuthServer(settings.auth, reactor)
        self.service_token: ServiceToken | None = None
        self._own: NewToken | None = None
        self._access = AccentAuthAccess(
            self._server,
            lambda: None if self.service_token is None else self.service_token.token,
            reactor.seconds,
        )
        self._told, self._former = self._remembered()
        self.master = self._told or _named(settings)

    @property
    def is_known(self) -> bool:
        """
        Whether accent-auth knows the daemon right now.
        """
        return self.service_token is not None and self.service_token.token is not None

    def access(self) -> Access:
        """
        Return who checks the callers of the API.
        """
        return self._access

    def everyone(self) -> frozenset[str] | None:
        return None

    async def family(self, tenant: str) -> frozenset[str]:
        return await self._access.descendants(tenant) | {tenant}

    async def listed(self) -> list[str]:
        """
        Return all tenants that accent-auth knows, the master tenant's whole family.

        :raises ServerFailed: if it can't be asked; or if it doesn't list one that was the master tenant: the
            daemon's account has been moved below others, or accent-auth set up anew, and nobody's tenant was
            deleted.
        """
        own = self._own
        found = None if own is None else await self._server.tenants(own.text, own.tenant)
        if found is None:
            raise ServerFailed("accent-auth doesn't let the daemon list tenants")
        if missing := self._former.difference(tenant.lower() for tenant in found):
            raise ServerFailed(
                f"accent-auth doesn't list {min(missing)}, which was the master tenant; if that is meant so, "
                f"remove {self._file} while the daemon is stopped"
            )
        return found

    def upkeep(self, tenants: Tenants) -> Service:
        """
        Return what keeps the daemon's own token.

        :param tenants: are told which tenant is the master once that is known.
        """

        def renewed(new: NewToken) -> Deferred[None] | None:
            self._own = new
            if tenants.master == new.tenant == self._told:
                return None
            if self._told not in (None, new.tenant):
                self._former |= {self._told}
            self._told = new.tenant
            _log.info("the master tenant is {tenant}", tenant=new.tenant)
            tenants.master = new.tenant
            return deferToThread(self._remember, new.tenant, self._former).addErrback(
                lambda failure: _log.failure("the master tenant can't be kept", failure)
            )

        self.service_token = ServiceToken(self._server, self._settings, self._reactor, renewed)
        return self.service_token

    def _remembered(self) -> tuple[str | None, frozenset[str]]:
        """
        Return the master tenant as accent-auth told it last, and those that it told before.
        """
        try:
            known = json.loads(self._file.read_bytes())
            return norm_uuid(known["uuid"]), frozenset(map(norm_uuid, known.get("former", ())))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            _log.error("{path} can't be read and is passed over", path=str(self._file))
        return None, frozenset()

    def _remember(self, tenant: str, former: frozenset[str]) -> None:
        known = {"uuid": tenant, **({"former": sorted(former)} if former else {})}
        write_durably(self._file, json.dumps(known).encode())


Authority = LocalAuthority | AccentAuthority


def authority(settings: Settings, reactor: Any) -> Authority:
    """
    Return who is asked about tokens and tenants.

    :raises InvalidSettings: if its tables can't be read, or the settings name no UUID.
    """
    if settings.auth.type == "local":
        return LocalAuthority(settings.general.base_storage_dir, reactor)
    return AccentAuthority(settings, reactor)


def _named(settings: Settings) -> str | None:
    # For a site whose accent-auth was never reached yet.
    named = settings.auth.others.get("master_tenant_uuid")
    try:
        return norm_uuid(str(named)) if named else None
    except ValueError as error:
        raise InvalidSettings({"auth.master_tenant_uuid": "isn't a UUID"}) from error

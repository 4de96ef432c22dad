"""
Whose new phones are, and who may administer: by the daemon's own tables, or by accent-auth.
"""

from __future__ import annotations

from twisted.logger import Logger

from provd.addresses import norm_uuid
from provd.app.tenants import local_master_tenant
from provd.app.tokens import Tokens
from provd.errors import InvalidSettings
from provd.rest.access import Access, LocalAccess, NoAccess
from provd.settings.model import Settings
from provd.store.atomic import write_durably

ADMIN_TOKEN = "admin-token"

_log = Logger()


def master_tenant(settings: Settings) -> str | None:
    """
    Return the tenant in which devices are born, or None if it isn't known.  Makes the table of local tenants
    where it's missing.

    :raises InvalidSettings: if that table can't be read, or the settings name no UUID.
    """
    if settings.auth.type == "local":
        return local_master_tenant(settings.general.base_storage_dir / "tenants.json")
    named = settings.auth.others.get("master_tenant_uuid")
    try:
        return norm_uuid(str(named)) if named else None
    except ValueError as error:
        raise InvalidSettings({"auth.master_tenant_uuid": "isn't a UUID"}) from error


def access(settings: Settings, master: str | None) -> Access:
    """
    Return who checks the callers of the API.  Makes the administrator's token where there is no token at all.

    :param master: what :func:`master_tenant` returned.
    """
    if master is None or settings.auth.type != "local":
        _log.error(
            "auth.type is accent_auth, which this version can't ask: REST answers 503{phones}",
            phones="" if master else ", new phones get 404 unless auth.master_tenant_uuid is set",
        )
        return NoAccess()
    data = settings.general.base_storage_dir
    tokens = Tokens(data / "tokens.json")
    if not len(tokens):
        file = data / ADMIN_TOKEN
        tokens.create(
            "administrator",
            ["#"],
            master,
            tell=lambda token: write_durably(file, f"{token.reveal()}\n".encode(), 0o600),
        )
    return LocalAccess(tokens, lambda tenant: frozenset({tenant}))

"""
Parameters changed at run time, and what follows from it.
"""

from __future__ import annotations

from typing import Any

from provd.store.interfaces import IDocumentStore

from .application import Application
from .fanout import FanOut
from .parameters import Parameters
from .tenants import Tenants

__all__ = ["ParameterChanges"]


class ParameterChanges:
    """
    Sets parameters, and has them take effect.

    :param with_keys: whether phones' URLs carry their tenant's key.
    """

    def __init__(
        self,
        parameters: Parameters,
        app: Application,
        tenants: Tenants,
        store: IDocumentStore,
        fan_out: FanOut,
        with_keys: bool,
    ) -> None:
        self._parameters = parameters
        self._app = app
        self._tenants = tenants
        self._store = store
        self._fan_out = fan_out
        self._with_keys = with_keys

    def listed(self, tenant: str) -> list[dict[str, Any]]:
        """
        See :meth:`Parameters.listed`.
        """
        return self._parameters.listed(tenant)

    def get(self, name: str, tenant: str) -> Any:
        """
        See :meth:`Parameters.get`.
        """
        return self._parameters.get(name, tenant)

    async def set(self, name: str, value: Any, tenant: str) -> None:
        """
        Change a parameter; with keys in URLs, another key has the tenant's devices configured again before
        this returns.  Raises like :meth:`Parameters.set`.
        """
        before = self._parameters.get(name, tenant)
        await self._parameters.set(name, value, tenant)
        self._app.nat = self._parameters.nat
        if name == "provisioning_key" and self._parameters.get(name, tenant) != before:
            self._tenants.take_keys(self._parameters.provisioning_keys)
            if self._with_keys:
                await self._fan_out.rewrite(self._store.find("tenant_uuid", tenant))

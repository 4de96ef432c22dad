"""
What administrators may do with configs, and for the devices that depend on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provd.errors import NotDeletable, NotFound, Refused
from provd.model.configs import Config, RawConfig, check_config, descendants, normalized
from provd.model.parametertypes import check_structure
from provd.model.sameness import is_same
from provd.store.interfaces import IDocumentStore, ISelection, Query

from .codes import Codes
from .configs import Configs
from .fanout import FanOut
from .locks import NamedLocks
from .rawconfigs import RawConfigs

__all__ = ["ConfigChanges"]


class ConfigChanges:
    """
    Configs read and written.  A change returns once the devices that it reaches are configured.

    :param new_id: makes the id of a config that nobody gave one.
    """

    def __init__(
        self,
        store: IDocumentStore,
        configs: Configs,
        raw_configs: RawConfigs,
        fan_out: FanOut,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._configs = configs
        self._raw_configs = raw_configs
        self._fan_out = fan_out
        self._new_id = new_id
        self._locks = NamedLocks()
        self._codes = Codes(store)

    def get(self, config_id: str) -> Config:
        """
        Return a config.

        :raises NotFound: if there is none of that id.
        """
        return self._store.get(config_id)

    def list(self, query: Query) -> ISelection:
        """
        Return the configs that a query finds, piece by piece.

        :raises InvalidQuery: if its selector is malformed.
        """
        return self._store.iter_select(query)

    def raw(self, config_id: str) -> RawConfig:
        """
        Return a config with all that it inherits, the base raw config at the bottom.

        :raises NotFound: if there is none of that id.
        """
        raw = self._raw_configs.flattened(config_id)
        if raw is None:
            raise NotFound("config", config_id)
        return raw

    async def insert(self, document: Mapping[str, Any]) -> str:
        """
        Store a new config; return its id.

        :raises InvalidDocument: if it can't be one.
        :raises Conflict: if its id is taken.
        :raises CodeTaken: if its provisioning code is.
        """
        config = _checked(document)
        if config.get("id") is None:
            config["id"] = self._new_id()
        async with self._codes.reserved(config):
            await self._store.insert(config)
        await self._reach(config["id"])
        return str(config["id"])

    async def update(self, config_id: str, document: Mapping[str, Any]) -> None:
        """
        Replace a config; one that stays the same reaches no device.

        :raises NotFound: if there is none of that id.
        :raises InvalidDocument: if it can't be one.
        :raises CodeTaken: if its provisioning code is another's.
        """
        self.get(config_id)
        config = _checked({**document, "id": config_id})
        async with self._locks.hold(config_id), self._codes.reserved(config):
            if is_same(config, self.get(config_id)):
                return
            await self._store.update(config)
        await self._reach(config_id)

    async def delete(self, config_id: str) -> None:
        """
        Remove a config.

        :raises NotFound: if there is none of that id.
        :raises NotDeletable: if it says so of itself.
        """
        async with self._locks.hold(config_id):
            if self.get(config_id).get("deletable") is False:
                raise NotDeletable(config_id)
            await self._store.delete(config_id)
        await self._reach(config_id)

    async def autocreate(self) -> str:
        """
        Store a new transient config made of the one with the role ``autocreate``; return its id.

        :raises Refused: if there is none, or it has no line 1.
        """
        config = await self._configs.autocreate()
        if config is None:
            raise Refused("no-autocreate-config", "no config has the role autocreate and a line 1", 409)
        return str(config["id"])

    async def _reach(self, config_id: str) -> None:
        below = descendants(config_id, lambda parent: self._store.find("parent_ids", parent))
        await self._fan_out.configs_changed({config_id, *below})


def _checked(document: Mapping[str, Any]) -> Config:
    config = dict(normalized(dict(document)))
    check_config(config)
    check_structure(config["raw_config"])
    return config

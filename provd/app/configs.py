"""
What may be done with configs.
"""

from __future__ import annotations

from contextlib import suppress

from twisted.logger import Logger

from provd.errors import InvalidDocument, NotFound
from provd.identification.remembered import Remembered
from provd.model import configs
from provd.model.configs import Config
from provd.store.interfaces import IDocumentStore


class Configs:
    """
    Configs made and dropped on behalf of devices.
    """

    _log = Logger()

    def __init__(self, store: IDocumentStore, devices: IDocumentStore) -> None:
        self._store = store
        self._devices = devices
        self._complained = False
        # Asked for at every boot of every phone.
        self._users: Remembered[str, tuple[object, str | None]] = Remembered(16384)

    async def autocreate(self, durable: bool = True) -> Config | None:
        """
        Store a new transient config made of the one whose role is ``autocreate``; None if there is none.
        """
        templates = self._store.find("role", "autocreate")
        if not templates:
            self._complain("no config has the role autocreate")
            return None
        try:
            config = configs.autocreated(self._store.get(templates[0]))
            await self._store.insert(config, durable)
        except InvalidDocument as error:
            self._complain(str(error))
            return None
        self._complained = False
        return config

    def _complain(self, why: str) -> None:
        if not self._complained:
            self._complained = True
            self._log.warn("new phones get no configuration: {why}", why=why)

    async def drop_if_unused(self, config_id: str, durable: bool = True) -> None:
        """
        Delete a transient config that no device names any more.
        """
        with suppress(NotFound):  # the last of several devices may have left it at the same time
            config = self._store.get(config_id)
            if config.get("transient") is True and not self._devices.find("config", config_id):
                await self._store.delete(config_id, durable)

    def own_user(self, config_id: str) -> str | None:
        """
        Return the SIP user of line 1 of the config itself, parents left out.
        """
        revision = self._store.revision(config_id)
        known = self._users.get(config_id)
        if known is None or known[0] is not revision:
            known = revision, self._read_own_user(config_id)
            self._users.put(config_id, known)
        return known[1]

    def _read_own_user(self, config_id: str) -> str | None:
        try:
            raw_config = self._store.get(config_id).get("raw_config")
            user = raw_config["sip_lines"]["1"]["username"]  # type: ignore[index]
        except (NotFound, LookupError, TypeError):
            return None
        return user if isinstance(user, str) and user else None

    def __contains__(self, config_id: str) -> bool:
        return config_id in self._store

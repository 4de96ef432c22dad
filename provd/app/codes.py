"""
Which config a provisioning code stands for.  Codes never reach a message: what is told are configs' ids.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from twisted.logger import Logger

from provd.errors import ProvdError, Refused
from provd.logs import Secret
from provd.model.codes import CODE, is_code
from provd.model.configs import Config
from provd.store.interfaces import IDocumentStore

from .locks import NamedLocks

__all__ = ["CodeTaken", "Codes", "UnknownCode"]


class CodeTaken(ProvdError):
    """
    A config whose provisioning code is another one's.
    """

    http_status = 409
    error_id = "duplicate-code"

    def __init__(self, holder: str) -> None:
        super().__init__(f"config {holder!r} has that provisioning code")
        self.holder = holder


class UnknownCode(ProvdError):
    """
    A provisioning code that no config has, or none that the caller may use.
    """

    http_status = 404
    error_id = "not-found"

    def __init__(self) -> None:
        super().__init__("no such provisioning code")


class Codes:
    """
    The codes of the configs in a store.
    """

    _log = Logger()

    def __init__(self, configs: IDocumentStore) -> None:
        self._configs = configs
        self._locks = NamedLocks()

    def config_of(self, code: Secret) -> Config | None:
        """
        Return the config that has a code, None if none has.

        :raises Refused: if several have, as files that were edited by hand may.
        """
        text = code.reveal()
        if not is_code(text):
            return None
        found = [config for config in map(self._configs.get, self._find(text)) if _has(config, text)]
        if len(found) > 1:
            self._tell([config["id"] for config in found])
            raise Refused("duplicate-code", "several configs have that provisioning code", 409)
        return found[0] if found else None

    @asynccontextmanager
    async def reserved(self, config: Config) -> AsyncIterator[None]:
        """
        Keep a config's code from all others for a block, in which it is stored.

        :raises CodeTaken: if another config has it.
        """
        code = config.get(CODE)
        if code is None:
            yield
            return
        async with self._locks.hold(code):
            holder = next((config_id for config_id in self._find(code) if config_id != config["id"]), None)
            if holder is not None:
                raise CodeTaken(holder)
            yield

    def report(self) -> None:
        """
        Log which configs have the same code: those of another server, or edited by hand.  None of them can be
        dialed.
        """
        for config_ids in self._configs.shared(CODE):
            self._tell(config_ids)

    def _find(self, code: str) -> list[str]:
        return self._configs.find(CODE, code)

    def _tell(self, config_ids: list[str]) -> None:
        self._log.error(
            "these configs have the same provisioning code, so that it can't be dialed: {configs}",
            configs=", ".join(config_ids[:20]),
        )


def _has(config: Config, code: str) -> bool:
    # The index took a list with the code too; and nobody learns from the time this takes how alike two are.
    own = config.get(CODE)
    return isinstance(own, str) and hmac.compare_digest(own.encode("utf-8", "surrogatepass"), code.encode())

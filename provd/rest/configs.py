"""
``/cfg_mgr``: configs, what they inherit, and new ones made of the template.
"""

from __future__ import annotations

from provd.app.configchanges import ConfigChanges

from .handlers import Handler
from .links import Links
from .listing import Listing
from .query import parse_query
from .routes import Route

__all__ = ["Autocreate", "Config", "Configs", "Manager", "RawConfig"]

ONE = Route("/cfg_mgr/configs/{config_id}")


class Manager(Links):
    """
    ``GET /cfg_mgr``
    """

    required = {"GET": "provd.cfg_mgr.read"}
    LINKS = (("cfg.configs", "configs"), ("cfg.autocreate", "autocreate"))


class _OfConfigs(Handler):
    @property
    def changes(self) -> ConfigChanges:
        changes: ConfigChanges = self.parts["configs"]
        return changes


class Configs(_OfConfigs, Listing):
    """
    ``GET /cfg_mgr/configs`` and ``POST /cfg_mgr/configs {"config": {...}}``
    """

    required = {"GET": "provd.cfg_mgr.configs.read", "POST": "provd.cfg_mgr.configs.create"}

    async def get(self) -> None:
        await self.answer_list("configs", self.changes.list(parse_query(self.argument)))

    async def post(self) -> None:
        config_id = await self.changes.insert(self.document("config"))
        self.created(ONE.path({"config_id": config_id}), config_id)


class _OfConfig(_OfConfigs):
    async def find(self) -> None:
        self.config = self.changes.get(self.values["config_id"])


class Config(_OfConfig):
    """
    ``GET``, ``PUT {"config": {...}}`` and ``DELETE /cfg_mgr/configs/{config_id}``
    """

    required = {
        "GET": "provd.cfg_mgr.configs.{config_id}.read",
        "PUT": "provd.cfg_mgr.configs.{config_id}.update",
        "DELETE": "provd.cfg_mgr.configs.{config_id}.delete",
    }

    def get(self) -> None:
        self.answer({"config": self.config})

    async def put(self) -> None:
        await self.changes.update(self.values["config_id"], self.document("config"))
        self.done()

    async def delete(self) -> None:
        await self.changes.delete(self.values["config_id"])
        self.done()


class RawConfig(_OfConfig):
    """
    ``GET /cfg_mgr/configs/{config_id}/raw``
    """

    required = {"GET": "provd.cfg_mgr.configs.{config_id}.raw.read"}

    def get(self) -> None:
        self.answer({"raw_config": self.changes.raw(self.values["config_id"])})


class Autocreate(_OfConfigs):
    """
    ``POST /cfg_mgr/autocreate {}``
    """

    required = {"POST": "provd.cfg_mgr.autocreate.create"}

    async def post(self) -> None:
        config_id = await self.changes.autocreate()
        self.created(ONE.path({"config_id": config_id}), config_id)

"""
``/dev_mgr``: devices, and what a phone is asked to do.
"""

from __future__ import annotations

from provd.app.devicechanges import DeviceChanges

from .handlers import Handler
from .links import Links
from .listing import Listing
from .operations import Starter
from .query import is_true, parse_query
from .routes import Route

__all__ = ["Device", "Devices", "Manager", "Reconfigure", "Synchronize"]

ONE = Route("/dev_mgr/devices/{device_id}")


class Manager(Links):
    """
    ``GET /dev_mgr``
    """

    required = {"GET": "provd.dev_mgr.read"}
    LINKS = (
        ("dev.synchronize", "synchronize"),
        ("dev.reconfigure", "reconfigure"),
        ("dev.dhcpinfo", "dhcpinfo"),
        ("dev.devices", "devices"),
    )


class _OfDevices(Handler):
    @property
    def changes(self) -> DeviceChanges:
        changes: DeviceChanges = self.parts["devices"]
        return changes


class Devices(_OfDevices, Listing):
    """
    ``GET /dev_mgr/devices`` and ``POST /dev_mgr/devices {"device": {...}}``
    """

    required = {"GET": "provd.dev_mgr.devices.read", "POST": "provd.dev_mgr.devices.create"}

    async def get(self) -> None:
        query = parse_query(self.argument)
        caller = self.caller
        visible = await caller.visible() if is_true(self.argument("recurse")) else {caller.tenant}
        await self.answer_list("devices", self.changes.list(query, visible))

    async def post(self) -> None:
        device_id = await self.changes.create(self.document("device"), self.caller.tenant)
        self.created(ONE.path({"device_id": device_id}), device_id)


class Device(_OfDevices):
    """
    ``GET``, ``PUT {"device": {...}}`` and ``DELETE /dev_mgr/devices/{device_id}``
    """

    required = {
        "GET": "provd.dev_mgr.devices.{device_id}.read",
        "PUT": "provd.dev_mgr.devices.{device_id}.update",
        "DELETE": "provd.dev_mgr.devices.{device_id}.delete",
    }

    async def find(self) -> None:
        self.visible = await self.caller.visible()
        device_id = self.values["device_id"]
        if self.request.method == "PUT":
            self.changes.claimable(device_id, self.caller.tenant, self.visible)
        elif self.request.method == "DELETE":
            self.changes.changeable(device_id, self.visible)
        else:
            self.device = self.changes.get(device_id, self.visible)

    def get(self) -> None:
        self.answer({"device": self.device})

    async def put(self) -> None:
        await self.changes.update(
            self.values["device_id"], self.document("device"), self.caller.tenant, self.visible
        )
        self.done()

    async def delete(self) -> None:
        await self.changes.delete(self.values["device_id"], self.visible)
        self.done()


class Synchronize(Starter, _OfDevices):
    """
    ``POST /dev_mgr/synchronize {"id": device}``
    """

    required = {"POST": "provd.dev_mgr.synchronize.create"}

    async def post(self) -> None:
        device = self.changes.changeable(self.text("id"), await self.caller.visible())
        self.begun(self.parts["synchronizing"].start(device))


class Reconfigure(_OfDevices):
    """
    ``POST /dev_mgr/reconfigure {"id": device}``
    """

    required = {"POST": "provd.dev_mgr.reconfigure.create"}

    async def post(self) -> None:
        await self.changes.reconfigure(self.text("id"), await self.caller.visible())
        self.done()

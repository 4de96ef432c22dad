"""
Operations in progress: begun by a POST, followed by its Location.
"""

from __future__ import annotations

from provd.model.operation import OperationInProgress, format_oip

from .handlers import Handler
from .monitors import Monitors
from .routes import Route

__all__ = ["Operation", "Starter"]


class Starter(Handler):
    """
    A resource at which operations begin.
    """

    def begun(self, operation: OperationInProgress) -> None:
        """
        Answer that an operation has begun, and where it can be followed.
        """
        monitors: Monitors = self.parts["monitors"]
        path = self.route.path(self.values)
        number = monitors.add(path, operation)
        # Clients cut off three pieces at the front: a path, never a URL.
        self.set_header("Location", f"{path}/{number}")
        self.clear_header("Content-Type")
        self.set_status(201)


class Operation(Handler):
    """
    ``GET`` or ``DELETE`` of ``<resource>/<number>``.

    :param begun_at: the route of the resource.
    """

    required = {"GET": "provd.operation.read", "DELETE": "provd.operation.delete"}

    async def find(self) -> None:
        begun_at: Route = self.parts["begun_at"]
        number = self.values["operation_id"]
        path = begun_at.path({name: value for name, value in self.values.items() if name != "operation_id"})
        self._place = path, number

    def get(self) -> None:
        monitors: Monitors = self.parts["monitors"]
        self.answer({"status": format_oip(monitors.get(*self._place))})

    def delete(self) -> None:
        monitors: Monitors = self.parts["monitors"]
        monitors.discard(*self._place)
        self.done()

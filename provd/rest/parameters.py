"""
``/configure``: parameters of the daemon that are set at run time.
"""

from __future__ import annotations

from provd.app.parameterchanges import ParameterChanges

from .handlers import Handler
from .routes import Route

__all__ = ["Parameter", "Parameters"]

ONE = Route("/configure/{param_id}")


class _OfParameters(Handler):
    @property
    def parameters(self) -> ParameterChanges:
        parameters: ParameterChanges = self.parts["parameters"]
        return parameters


class Parameters(_OfParameters):
    """
    ``GET /configure``
    """

    required = {"GET": "provd.configure.read"}

    def get(self) -> None:
        listed = self.parameters.listed(self.caller.tenant)
        for parameter in listed:
            href = ONE.path({"param_id": parameter["id"]})
            parameter["links"] = [{"rel": "srv.configure.param", "href": href}]
        self.answer({"params": listed})


class Parameter(_OfParameters):
    """
    ``GET`` and ``PUT /configure/{param_id} {"param": {"value": ...}}``
    """

    required = {
        "GET": "provd.configure.{tenant_uuid}.{param_id}.read",
        "PUT": "provd.configure.{tenant_uuid}.{param_id}.update",
    }

    async def find(self) -> None:
        self.value = self.parameters.get(self.values["param_id"], self.caller.tenant)

    def get(self) -> None:
        self.answer({"param": {"value": self.value}})

    async def put(self) -> None:
        await self.parameters.set(self.values["param_id"], self.new_value(), self.caller.tenant)
        self.done()

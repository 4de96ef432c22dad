"""
``POST /dev_mgr/provision``: a phone becomes a user's by their code, or goes back to the pool.
"""

from __future__ import annotations

import math

from provd.addresses import plain_address
from provd.app.attempts import TooManyAttempts
from provd.app.callers import Scope
from provd.app.provisioning import Provisioning
from provd.errors import InvalidDocument
from provd.logs import Secret

from .failures import BadBody
from .handlers import Handler

__all__ = ["Provision"]


class Provision(Handler):
    """
    ``POST /dev_mgr/provision {"code": digits or "autoprov", "ip" or "device_id": which device}``
    """

    required = {"POST": "provd.dev_mgr.provision.create"}

    async def post(self) -> None:
        provisioning: Provisioning = self.parts["provisioning"]
        code = Secret(self.text("code"))
        if ("ip" in self.body) == ("device_id" in self.body):
            raise BadBody("either ip or device_id must be given")
        address = _address(self.text("ip")) if "ip" in self.body else None
        scope = Scope(await self.caller.visible(), self.caller.family)
        if address is not None:
            device = provisioning.callers.at(address, scope)
        else:
            device = provisioning.callers.named(self.text("device_id"), scope)
        try:
            done = await provisioning.provision(device, code, scope, address)
        except TooManyAttempts as error:
            self.set_header("Retry-After", str(math.ceil(error.seconds)))
            raise
        self.answer(
            {
                "device_id": done.device_id,
                "config_id": done.config_id,
                "tenant_uuid": done.tenant_uuid,
                "configured": done.configured,
                "synchronized": done.synchronized,
                "released": list(done.released),
            }
        )


def _address(text: str) -> str:
    try:
        return plain_address(text)
    except ValueError:
        raise InvalidDocument("request", {"ip": "isn't an address"}) from None

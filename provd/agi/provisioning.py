"""
Provisioning by code as the dialplan asks for it.

The channel variable ``ACCENT_PROV_OK`` is ``1`` afterwards if the phone has its config, and empty if not.
``ACCENT_PROV_ERROR`` then tells why, so that the dialplan can play what fits: ``unknown-code``,
``no-device``, ``several-devices``, ``too-many-attempts``, ``bad-request`` or ``failed``.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from provd.app.attempts import TooManyAttempts
from provd.app.callers import Scope
from provd.app.codes import UnknownCode
from provd.app.provisioning import Provisioning
from provd.errors import NotFound, ProvdError

from .request import BadRequest, provision_request
from .wire import Environment

__all__ = ["AGIProvisioning"]

_OK, _ERROR = "ACCENT_PROV_OK", "ACCENT_PROV_ERROR"


class AGIProvisioning:
    """
    Answers requests.

    :param scope: returns whose devices and codes a call reaches.
    """

    _log = Logger()

    def __init__(self, provisioning: Provisioning, scope: Callable[[], Scope]) -> None:
        self._provisioning = provisioning
        self._scope = scope

    async def __call__(self, environment: Environment) -> dict[str, str]:
        """
        Do what is asked; return the channel variables to set.
        """
        try:
            request = provision_request(environment)
            scope = self._scope()
            device = self._provisioning.callers.calling(request.call, scope)
            done = await self._provisioning.provision(device, request.code, scope, request.call.address)
        except ProvdError as error:
            self._log.warn("a call isn't provisioned: {why}", why=str(error), stranger="agi")
            return {_OK: "", _ERROR: _reason(error)}
        except Exception:
            self._log.failure("a call isn't provisioned")
            return {_OK: "", _ERROR: "failed"}
        if not done.configured:
            self._log.warn("{device} has its config, but no files: see above", device=done.device_id)
        return {_OK: "1", _ERROR: ""}


def _reason(error: ProvdError) -> str:
    if isinstance(error, UnknownCode):
        return "unknown-code"
    if isinstance(error, NotFound):
        return "no-device"
    if isinstance(error, TooManyAttempts | BadRequest) or error.error_id == "several-devices":
        return error.error_id
    return "failed"

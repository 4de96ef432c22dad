"""
``GET /metrics``: the daemon in numbers, for Prometheus.
"""

from __future__ import annotations

from cyclone.web import HTTPError

from provd.metrics.collector import CONTENT_TYPE

from .handlers import Handler

__all__ = ["Metrics"]

_BEARER = "bearer "


class Metrics(Handler):
    """
    With a token of ``provd.metrics.read``, as ``X-Auth-Token`` or, as Prometheus sends it, ``Authorization:
    Bearer``.
    """

    required = {"GET": "provd.metrics.read"}

    async def check(self) -> None:
        """
        Raise what is wrong with the caller or the method.
        """
        headers = self.request.headers
        token = headers.get("X-Auth-Token")
        authorization = headers.get("Authorization") or ""
        if token is None and authorization.lower().startswith(_BEARER):
            token = authorization[len(_BEARER) :].strip()
        await self._access.check(token, None, self.required["GET"], {})
        if self.asked_method() != "GET":
            raise HTTPError(405)

    def get(self) -> None:
        self.write_whole(200, CONTENT_TYPE, self.parts["metrics"]())

"""
``GET /metrics``: the daemon in numbers, for Prometheus.
"""

from __future__ import annotations

import ipaddress

from cyclone.web import HTTPError

from provd.metrics.collector import CONTENT_TYPE

from .handlers import Handler

__all__ = ["Metrics"]

_BEARER = "bearer "


class Metrics(Handler):
    """
    Open to who asks from this very machine without a proxy, as a Prometheus or an agent of it beside the
    daemon does: there is no secret in it.  Others need a token with ``provd.metrics.read``, as
    ``X-Auth-Token`` or, as Prometheus sends it, ``Authorization: Bearer``.
    """

    required = {"GET": "provd.metrics.read"}

    async def check(self) -> None:
        """
        Raise what is wrong with the caller or the method.
        """
        if self.asked_method() != "GET":
            raise HTTPError(405)
        if not self._is_here():
            await self._with_token()

    def _is_here(self) -> bool:
        headers = self.request.headers
        if "X-Forwarded-For" in headers or "Forwarded" in headers:
            return False
        try:
            address = ipaddress.ip_address(self.request.remote_ip)
        except ValueError:
            return False
        return address.is_loopback

    async def _with_token(self) -> None:
        headers = self.request.headers
        token = headers.get("X-Auth-Token")
        authorization = headers.get("Authorization") or ""
        if token is None and authorization.lower().startswith(_BEARER):
            token = authorization[len(_BEARER) :].strip()
        await self._access.check(token, None, self.required["GET"], {})

    def get(self) -> None:
        self.write_whole(200, CONTENT_TYPE, self.parts["metrics"]())

"""
``GET /requests``: what phones asked lately, and what became of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provd.addresses import norm_mac
from provd.errors import InvalidQuery, NotFound

from .handlers import Handler

__all__ = ["Requests"]

_MOST = 1000


class Requests(Handler):
    """
    ``GET /requests?device=&ip=&mac=&limit=``
    """

    required = {"GET": "provd.requests.read"}

    async def get(self) -> None:
        visible = await self.caller.visible()
        limit = self._limit()
        shown = []
        for trace in self._matching():
            if self._is_visible(trace, visible):
                shown.append(trace)
                if len(shown) == limit:
                    break
        self.answer({"requests": shown})

    def _limit(self) -> int:
        text = self.argument("limit") or str(_MOST)
        if not (text.isascii() and text.isdigit() and len(text) < 5 and 0 < int(text) <= _MOST):
            raise InvalidQuery(f"limit isn't a number from 1 to {_MOST}")
        return int(text)

    def _matching(self) -> Iterator[dict[str, Any]]:
        traces = self.parts["traces"]
        device, address, mac = self.argument("device"), self.argument("ip"), self.argument("mac")
        if mac:
            try:
                mac = norm_mac(mac)
            except ValueError:
                raise InvalidQuery("mac isn't a MAC address") from None
        for trace in traces.of_device(device) if device else traces:
            if address and trace["client"] != address:
                continue
            if mac and trace["device_info"].get("mac") != mac:
                continue
            yield trace

    def _is_visible(self, trace: dict[str, Any], visible: frozenset[str]) -> bool:
        # One without a device, or whose device is gone, is the master tenant's.
        if trace["device_id"] is not None:
            try:
                self.parts["devices"].get(trace["device_id"], visible)
                return True
            except NotFound:
                pass
            if self.parts["devices"].exists(trace["device_id"]):
                return False
        return self.parts["tenants"].master in visible

"""
The daemon's health.
"""

from __future__ import annotations

from .handlers import Handler


class Status(Handler):
    """
    ``GET /0.2/status``
    """

    required = {"GET": "provd.status.read"}

    def get(self) -> None:
        self.answer({"rest_api": "ok", **self.parts["health"]()})

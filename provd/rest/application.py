"""
The REST API: paths to handlers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cyclone.web import Application

from .access import Access
from .handlers import UnknownResource
from .mount import CycloneResource
from .status import Status


def api(access: Access, health: Callable[[], dict[str, Any]]) -> CycloneResource:
    """
    Return the resource that answers administrators.

    :param health: makes the members of the status document beside ``rest_api``.
    """
    return CycloneResource(
        Application(
            [
                (r"/0\.2/status/?", Status, {"access": access, "health": health}),
                (r".*", UnknownResource, {"access": access}),
            ],
            debug=False,
            xheaders=False,
        )
    )

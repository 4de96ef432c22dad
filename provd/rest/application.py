"""
The REST API: paths to handlers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cyclone.web import Application
from twisted.logger import Logger

from .access import Access
from .handlers import UnknownResource
from .mount import CycloneResource
from .status import Status

_log = Logger()


def _log_request(handler: Any) -> None:
    request = handler.request
    _log.debug(
        "{method} {path} for {client}: {status}",
        method=request.method,
        path=request.path,
        client=request.remote_ip,
        status=handler.get_status(),
        stranger=request.remote_ip,
    )


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
            log_function=_log_request,
        )
    )

"""
The same done for many devices, phones and other callers served in between.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger

from provd.errors import NotFound, ProvdError

__all__ = ["one_a_turn"]

_log = Logger()


async def one_a_turn(
    reactor: IReactorTime, device_ids: Iterable[str], change: Callable[[str], Awaitable[None]]
) -> None:
    """
    Do something for each device; a failure is logged, so that it stops nothing for the others.

    Others have their turn before each, as there may be thousands of devices for which nothing waits.  One
    that was deleted meanwhile is passed over.
    """
    for device_id in device_ids:
        await deferLater(reactor, 0)
        try:
            await change(device_id)
        except NotFound:
            pass
        except ProvdError as error:
            _log.error("the files of {device} aren't up to date: {why}", device=device_id, why=str(error))

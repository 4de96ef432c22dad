"""
Long work in pieces, of which phones notice little: they get six sevenths of the time while they want it.
"""

from __future__ import annotations

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

__all__ = ["let_others_work"]

_SHARE = 6
"""How many times as long as a piece took others may work before the next one."""

_IDLE = 0.0002
"""Seconds: a turn of the reactor in which nobody wanted anything is shorter."""


async def let_others_work(reactor: IReactorTime, worked: float) -> None:
    """
    Wait until others have had their share, or want nothing more.

    :param worked: for how many seconds the caller has.
    """
    left = _SHARE * worked
    while True:
        begun = reactor.seconds()
        await deferLater(reactor, 0)
        taken = reactor.seconds() - begun
        left -= taken
        if taken < _IDLE or left <= 0:
            return

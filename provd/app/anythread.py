"""
Plugins have threads of their own, and call the application from them; documents and locks belong to the
reactor's.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from threading import get_ident
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFromThreads

T = TypeVar("T")


class AnyThread:
    """
    Begins coroutines in the thread in which it was made, which is the reactor's, from whichever thread.
    """

    def __init__(self, reactor: IReactorFromThreads) -> None:
        self._reactor = reactor
        self._own = get_ident()

    def begin(self, function: Callable[..., Coroutine[Any, Any, T]], *arguments: Any) -> Deferred[T]:
        """
        Begin ``function(*arguments)``; what it comes to, the Deferred tells in the reactor's thread.
        """
        if get_ident() == self._own:
            return Deferred.fromCoroutine(function(*arguments))
        promised: Deferred[T] = Deferred()

        def begin() -> None:
            Deferred.fromCoroutine(function(*arguments)).chainDeferred(promised)

        self._reactor.callFromThread(begin)
        return promised

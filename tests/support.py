"""
What tests share: outcomes of coroutines that need no reactor, and programs that a machine may lack.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

T = TypeVar("T")


def _outcome(awaitable: Coroutine[Any, Any, T] | Deferred[T]) -> list[T | Failure]:
    deferred = awaitable if isinstance(awaitable, Deferred) else Deferred.fromCoroutine(awaitable)
    results: list[T | Failure] = []
    deferred.addBoth(results.append)
    return results


def result_of(awaitable: Coroutine[Any, Any, T] | Deferred[T]) -> T:
    """
    Return what the awaitable gave at once; fail the test if it waits, raise what it raised.
    """
    results = _outcome(awaitable)
    if not results:
        pytest.fail("still waiting")
    if isinstance(results[0], Failure):
        results[0].raiseException()
    return results[0]  # type: ignore[return-value]


def failed_with(error: type[BaseException], awaitable: Coroutine[Any, Any, T] | Deferred[T]) -> Any:
    """
    Return the error of that type that the awaitable raised at once; fail the test otherwise.
    """
    results = _outcome(awaitable)
    if not results or not isinstance(results[0], Failure):
        pytest.fail(f"no {error.__name__}: {results}")
    assert results[0].check(error), results[0].getTraceback()
    return results[0].value


def missing(reason: str) -> None:
    """
    Skip the test for want of something on this machine; where CI=true, fail it.
    """
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI lacks {reason}")
    pytest.skip(reason)


def need_program(name: str, package: str | None = None) -> str:
    """
    Return the path of a program, looked for in the system folders too; see :func:`missing`.
    """
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    if path is None:
        missing(f"{name} (Debian package {package or name})")
    assert path is not None
    return path


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """
    Return a port that nobody uses, below those that the kernel gives to clients: one of them could take it
    before a server does.
    """
    while True:
        port = random.SystemRandom().randrange(15000, 32000)
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
            return port

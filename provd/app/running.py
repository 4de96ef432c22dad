"""
Work that goes on after whoever asked for it was answered.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import NamedTuple

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger

from provd.errors import ProvdError
from provd.guard import MISTAKES, described
from provd.model.operation import OIP_FAIL, OIP_SUCCESS, OperationInProgress

__all__ = ["Running", "followed"]

_log = Logger()


class Running(NamedTuple):
    """
    An operation under way.

    :param done: fires once it is finished, whatever became of it.
    :param operation: tells what.
    """

    done: Deferred[None]
    operation: OperationInProgress


def followed(what: str, work: Awaitable[None], operation: OperationInProgress) -> Running:
    """
    Have an operation succeed or fail with the work that it stands for; a failure is logged.

    :param what: is done, for the log: ``"plugin yealink: upgrade"``.
    """
    return Running(Deferred.fromCoroutine(_follow(what, work, operation)), operation)


async def _follow(what: str, work: Awaitable[None], operation: OperationInProgress) -> None:
    state = OIP_FAIL
    try:
        await work
        state = OIP_SUCCESS
        _log.info("{what} succeeded", what=what)
    except CancelledError:
        _log.warn("{what} was given up, as the daemon stops", what=what)
    except ProvdError as error:
        _log.error("{what} failed: {why}", what=what, why=str(error))
    except MISTAKES as error:
        # Not its message: a plugin may quote what it was given.
        _log.error("{what} failed: {why}", what=what, why=described(error))
    finally:
        if not operation.finished:
            operation.state = state

"""
Code of plugins and sites that runs between two phones' requests: what goes wrong in it stays its own, and is
told once, without any value that it was given.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from twisted.logger import Logger

__all__ = ["MISTAKES", "Guard", "where"]

MISTAKES = (Exception, SystemExit)
"""What foreign code may raise by mistake: ``sys.exit()`` in a plugin is no reason for the daemon to end."""

SLOW = 0.1
_MOST_TOLD = 1000


class Guard:
    """
    Calls one kind of foreign code.

    :param what: what is called, for the log: ``"extractor"``.
    """

    _log = Logger()

    def __init__(self, what: str) -> None:
        self._what = what
        self._told: set[tuple[str, str]] = set()

    def call(self, plugin_id: str, default: Any, function: Callable[..., Any], *arguments: Any) -> Any:
        """
        Return what ``function(*arguments)`` does, or ``default`` if it raises.
        """
        started = perf_counter()
        try:
            answer = function(*arguments)
        except MISTAKES as error:
            self.failed(plugin_id, error)
            answer = default
        if perf_counter() - started > SLOW and self._is_news(plugin_id, "slow"):
            self._log.warn(
                "the {what} of {plugin} took over 100 ms, which holds up every phone",
                what=self._what,
                plugin=plugin_id,
            )
        return answer

    def failed(self, plugin_id: str, error: BaseException) -> None:
        """
        Log that foreign code failed, the first time that it fails in this way.

        A stranger chooses what a plugin stumbles on, and a phone asks again and again.
        """
        kind = type(error).__name__
        if self._is_news(plugin_id, kind):
            self._log.warn(
                "the {what} of {plugin} failed: {kind} at {where}",
                what=self._what,
                plugin=plugin_id,
                kind=kind,
                where=where(error),
            )

    def forget(self, plugin_id: str) -> None:
        """
        Tell again what is wrong with a plugin, as it is another one now.
        """
        self._told = {told for told in self._told if told[0] != plugin_id}

    def _is_news(self, plugin_id: str, what: str) -> bool:
        if (plugin_id, what) in self._told or len(self._told) >= _MOST_TOLD:
            return False
        self._told.add((plugin_id, what))
        return True


def where(error: BaseException) -> str:
    """
    Return the lines of code that led to an error, the innermost first, and none of its values: the message of
    an exception may quote a password that the code was given.
    """
    lines: list[str] = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        lines.append(f"{code.co_filename}:{traceback.tb_lineno} in {code.co_name}")
        traceback = traceback.tb_next
    return " < ".join(reversed(lines[-8:])) or "an unknown place"

"""
What is logged while a block runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from twisted.logger import LogEvent, LogLevel, formatEvent, globalLogPublisher


class Events(list[LogEvent]):
    """
    Log events, oldest first.
    """

    def texts(self, lowest: LogLevel = LogLevel.info) -> list[str]:
        """
        Return the messages of that level and above.
        """
        return [formatEvent(event) for event in self if event["log_level"] >= lowest]

    def everything(self) -> str:
        """
        Return all that any observer could show of the events, tracebacks and fields too.
        """
        tracebacks = [event["log_failure"].getTraceback() for event in self if "log_failure" in event]
        return "\n".join([*map(formatEvent, self), *map(repr, self), *tracebacks])


@contextmanager
def logged() -> Iterator[Events]:
    """
    Collect what is logged meanwhile.
    """
    events = Events()
    globalLogPublisher.addObserver(events.append)
    try:
        yield events
    finally:
        globalLogPublisher.removeObserver(events.append)

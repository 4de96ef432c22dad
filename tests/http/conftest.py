from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from twisted.internet.task import Clock
from twisted.logger import LogEvent, LogLevel, formatEvent, globalLogPublisher


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """
    A folder that everybody gets to, unlike pytest's.
    """
    with TemporaryDirectory(prefix="provd-") as folder:
        path = Path(folder)
        path.chmod(0o711)
        yield path


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Logged(list[LogEvent]):
    """
    What was logged during a test.
    """

    def failures(self) -> LogEvent:
        return [event for event in self if event.get("log_failure") is not None]

    def warnings(self) -> list[str]:
        return [formatEvent(event) for event in self if event.get("log_level") is LogLevel.warn]

    def from_info_up(self) -> list[LogEvent]:
        return [event for event in self if event.get("log_level", LogLevel.info) >= LogLevel.info]


@pytest.fixture
def logged():
    events = Logged()
    globalLogPublisher.addObserver(events.append)
    yield events
    globalLogPublisher.removeObserver(events.append)

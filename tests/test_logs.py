import copy
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.internet.task import Clock
from twisted.logger import ILogObserver, Logger, LogLevel, LogPublisher
from twisted.python import log as legacy_log
from twisted.python.failure import Failure
from zope.interface.verify import verifyObject

from provd.logs import MainLog, Secret

LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [+-]\d{4} "
    r"\[pid \d+\] \[tid \d+\] \((?P<level>[A-Z]+)\) \((?P<logger>[^)]*)\): (?P<message>.*)\n"
)


class Recorded:
    """
    A main log that writes into memory, and a Twisted logger that writes to it.
    """

    def __init__(self, path: Path | None = None, verbose: bool = False, clock: Clock | None = None) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        self.main = MainLog(path, verbose, clock, self.out, self.err)
        self.log = Logger("provd.test", observer=LogPublisher(self.main))

    def messages(self) -> list[str]:
        found = [LINE.fullmatch(line) for line in self.out.getvalue().splitlines(keepends=True)]
        assert all(found), self.out.getvalue()
        return [match["message"] for match in found if match]


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


@pytest.fixture
def bridged() -> Iterator[Recorded]:
    recorded = Recorded()
    recorded.main.start()
    yield recorded
    recorded.main.stop()


def test_a_line_tells_when_who_and_what(recorded: Recorded) -> None:
    verifyObject(ILogObserver, recorded.main)
    recorded.log.info("{device} now uses {plugin}", device="a1", plugin="yealink")
    match = LINE.fullmatch(recorded.out.getvalue())
    assert match
    assert match.group("level", "logger", "message") == ("INFO", "provd.test", "a1 now uses yealink")


@pytest.mark.parametrize("level", list(LogLevel.iterconstants()))
def test_errors_go_to_standard_error(level: LogLevel) -> None:
    recorded = Recorded(verbose=True)
    recorded.log.emit(level, "x")
    wrong = level in (LogLevel.error, LogLevel.critical)
    assert (bool(recorded.err.getvalue()), bool(recorded.out.getvalue())) == (wrong, not wrong)


def test_debugging_can_be_switched_while_running(bridged: Recorded) -> None:
    plugin = logging.getLogger("plugin.yealink")
    bridged.log.debug("one")
    plugin.debug("two")
    bridged.main.verbose = True
    bridged.log.debug("three")
    plugin.debug("four")
    bridged.main.verbose = False
    bridged.log.debug("five")
    plugin.debug("six")
    assert bridged.messages() == ["three", "four"]


FORGED = "2026-01-01 00:00:00,000 +0000 [pid 1] [tid 1] (INFO) (provd): forged"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1b[2K"])
def test_a_request_cannot_forge_a_line(recorded: Recorded, end: str) -> None:
    recorded.log.info("asked for {name}", name=f"x{end}{FORGED}")
    (message,) = recorded.messages()
    assert message.startswith("asked for x\\")


def test_endless_messages_are_cut(recorded: Recorded) -> None:
    recorded.log.info("{name}", name="x" * 100_000)
    assert len(recorded.out.getvalue()) < 4200


def test_a_failure_brings_its_traceback_indented(recorded: Recorded) -> None:
    try:
        raise ValueError(f"bad\n{FORGED}\u2028{FORGED}")
    except ValueError:
        recorded.log.failure("serving {name}", name="x")
    first, *others = recorded.err.getvalue().splitlines()
    assert first.endswith("(CRITICAL) (provd.test): serving x")
    assert "    builtins.ValueError: bad" in others
    assert all(line.startswith("    ") for line in others)


def test_old_style_errors_are_written_once() -> None:
    recorded = Recorded()
    publisher = legacy_log.LogPublisher(publishPublisher=LogPublisher(recorded.main))
    publisher.msg("hello")
    failure = Failure(ValueError("bad"))
    publisher.msg(failure=failure, why="asked", isError=1)
    publisher.msg(failure=failure, why=None, isError=1)
    assert recorded.messages() == ["hello"]
    first, _, _, second, _, cause = recorded.err.getvalue().splitlines()
    assert first.endswith("(CRITICAL) (log_legacy): asked")
    assert second.endswith("(CRITICAL) (log_legacy): unhandled error")
    assert cause.endswith("builtins.ValueError: bad")


def test_a_message_that_cannot_be_formatted_is_still_a_line(bridged: Recorded) -> None:
    bridged.log.info("{missing}")
    record = logging.makeLogRecord({"msg": "%d of %d", "args": ("x",), "levelno": logging.WARNING})
    bridged.main.bridge.handle(record)  # pytest's own handlers would raise
    first, second = bridged.messages()
    assert "Unable to format" in first
    assert second == "unreadable message '%d of %d'"


def test_what_plugins_log_is_in_the_same_form(bridged: Recorded) -> None:
    logging.getLogger("plugin.yealink").warning("no %s\n%s", "model", FORGED)
    match = LINE.fullmatch(bridged.out.getvalue())
    assert match
    assert match.group("level", "logger") == ("WARNING", "plugin.yealink")
    assert match["message"] == f"no model\\n{FORGED}"


def test_exceptions_that_plugins_log_bring_their_traceback(bridged: Recorded) -> None:
    try:
        raise ValueError("bad")
    except ValueError:
        logging.getLogger("plugin.yealink").exception("it failed")
    first, *others = bridged.err.getvalue().splitlines()
    assert first.endswith("(ERROR) (plugin.yealink): it failed")
    assert others[-1] == "    builtins.ValueError: bad"


def test_stopping_leaves_python_logging_as_it_was() -> None:
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    recorded = Recorded()
    recorded.main.start()
    recorded.main.stop()
    recorded.main.stop()
    assert (list(root.handlers), root.level) == before


def test_the_file_gets_every_level_and_survives_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "provd.log"
    recorded = Recorded(path)
    recorded.main.start()
    recorded.log.info("one é")
    recorded.log.error("two")
    assert path.read_text() == recorded.out.getvalue() + recorded.err.getvalue()
    path.rename(tmp_path / "provd.log.1")
    recorded.main.reopen()
    recorded.log.info("three")
    recorded.main.stop()
    assert path.read_text().endswith("three\n")
    assert len(path.read_text().splitlines()) == 1


def test_a_file_that_cannot_be_opened_is_told_on_standard_error(tmp_path: Path) -> None:
    recorded = Recorded(tmp_path / "none" / "provd.log")
    recorded.main.start()
    recorded.main.stop()
    assert recorded.err.getvalue().endswith("provd.log: No such file or directory\n")


def test_a_stream_that_fails_breaks_nothing(recorded: Recorded) -> None:
    recorded.out.close()
    recorded.log.info("x")


def test_a_stream_of_ascii_gets_escapes() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    main = MainLog(stdout=stream, stderr=stream)
    Logger("provd.test", observer=main).info("Zoë")
    assert raw.getvalue().endswith(rb"Zo\xeb" + b"\n")


def test_strangers_write_thirty_lines_a_minute_and_others_all() -> None:
    clock = Clock()
    recorded = Recorded(clock=clock)
    for _ in range(50):
        recorded.log.info("stranger", stranger="192.0.2.1")
        recorded.log.info("operator")
    assert recorded.messages().count("stranger") == 30
    assert recorded.messages().count("operator") == 50
    clock.advance(60)
    assert recorded.messages()[-1] == "20 lines that requests caused left out"


def test_debugging_lines_that_are_not_written_use_up_nothing() -> None:
    recorded = Recorded(clock=Clock())
    for _ in range(50):
        recorded.log.debug("quiet", stranger="192.0.2.1")
    recorded.log.info("loud", stranger="192.0.2.1")
    assert recorded.messages() == ["loud"]


def test_a_secret_shows_itself_only_when_revealed(recorded: Recorded) -> None:
    secret = Secret("hunter2")
    recorded.log.info("{secret} {secret!r} {secret!s} {all}", secret=secret, all=[secret])
    assert recorded.messages() == ["<secret> <secret> <secret> [<secret>]"]
    assert f"{secret:>10} %s" % secret == "  <secret> <secret>"
    assert secret.reveal() == "hunter2"
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_secrets_are_compared_by_value() -> None:
    assert Secret("é\udcff") == Secret("é\udcff")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), copy.deepcopy(Secret("a"))}) == 1
    assert not Secret("")

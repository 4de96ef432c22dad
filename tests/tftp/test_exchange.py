"""
What plugins, and whoever routes requests to them, may rely on.
"""

import os
from collections.abc import Callable
from functools import partial
from io import BytesIO
from threading import Thread

import pytest

from provd.tftp.readservices import TFTPStringService
from provd.tftp.requests import Response, TFTPRequest
from provd.tftp.wire import Data
from tests.tftp.stage import Files, Silent, Told, error, logged_failures, stage

CONTENT = os.urandom(3000)


def test_an_exception_of_a_plugin_is_answered_and_logged() -> None:
    class Broken:
        def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
            raise KeyError("secret")

    with stage(Broken()) as running, logged_failures() as failures:
        assert running.phone().ask("a") == [error(0, "server error")]
        assert [failure.type for failure in failures] == [KeyError]


def test_strangers_cannot_fill_the_log_with_a_plugins_bug() -> None:
    class Broken:
        def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
            raise KeyError("secret")

    with stage(Broken()) as running, logged_failures() as failures:
        for _ in range(50):
            running.phone().ask("a")
        assert len(failures) == 10


def test_a_second_answer_is_a_value_error() -> None:
    root = Silent()
    with stage(root) as running:
        phone = running.phone()
        phone.ask("a")
        response = root.asked[0][1]
        response.accept(BytesIO(b"x"))
        for again in (
            lambda: response.accept(BytesIO()),
            lambda: response.reject(b"\0\0", ""),
            response.ignore,
        ):
            with pytest.raises(ValueError, match="answered already"):
                again()
        assert phone.heard() == [Data(1, b"x")]


@pytest.mark.parametrize("how", ["accept", "reject", "ignore"])
def test_an_answer_from_another_thread_is_carried_out_in_the_reactors(how: str) -> None:
    root = Silent()
    with stage(root) as running:
        phone = running.phone()
        phone.ask("a")
        response = root.asked[0][1]
        answer: Callable[[], None] = {
            "accept": partial(response.accept, BytesIO(b"x")),
            "reject": partial(response.reject, b"\0\2", "no"),
            "ignore": response.ignore,
        }[how]
        thread = Thread(target=answer)
        thread.start()
        thread.join(10)
        assert (phone.heard(), running.service.requests) == ([], 1)
        with pytest.raises(ValueError, match="answered already"):
            response.ignore()
        running.reactor.pump()
        assert phone.heard() == {"accept": [Data(1, b"x")], "reject": [error(2, "no")], "ignore": []}[how]
        assert running.service.requests == (1 if how == "accept" else 0)


def test_who_offers_a_file_that_cannot_be_read_is_told() -> None:
    class Unreadable(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise KeyError("secret")

    root = Silent()
    blamed: list[BaseException] = []
    with stage(root) as running, logged_failures() as failures:
        phone = running.phone()
        phone.ask("a")
        response = root.asked[0][1]
        response.blame = blamed.append
        response.accept(Unreadable())
        assert phone.heard() == [error(0, "the file can't be read")]
        assert ([type(told) for told in blamed], failures) == ([KeyError], [])


def test_a_service_may_answer_later() -> None:
    root = Silent()
    with stage(root) as running:
        phone = running.phone()
        assert phone.ask("a") == []
        running.reactor.after(20)
        root.asked[0][1].reject(b"\x00\x02", "later")
        assert phone.heard() == [error(2, "later")]


def test_a_request_nobody_answers_is_forgotten() -> None:
    root = Silent()
    with stage(root) as running:
        phone, told = running.phone(), Told()
        phone.ask("a")
        told.follow(root.asked[0][1])
        running.reactor.after(32)
        assert running.service.requests == 0
        assert told.all == ["ignored", (0, pytest.approx(30, abs=1.1), False)]
        late = BytesIO(b"x")
        root.asked[0][1].accept(late)
        assert late.closed
        assert phone.heard() == []


def test_ignored_requests_get_no_answer() -> None:
    root = Silent()
    with stage(root) as running:
        phone, told = running.phone(), Told()
        phone.ask("a")
        told.follow(root.asked[0][1])
        root.asked[0][1].ignore()
        assert phone.heard() == []
        assert told.all == ["ignored", (0, 0.0, False)]
        assert running.service.requests == 0


def test_whoever_routes_requests_learns_how_they_end() -> None:
    root = Silent()
    with stage(root) as running:
        phone, told = running.phone(), Told()
        phone.ask("a")
        told.follow(root.asked[0][1])
        root.asked[0][1].accept(fobj := BytesIO(CONTENT))
        assert told.all == ["ok"]
        running.reactor.after(0.5)
        phone.heard()
        for block in range(1, 6):
            phone.ack(block)
        assert told.all == ["ok"]
        assert not fobj.closed
        phone.ack(6)
        assert told.all == ["ok", (3000, pytest.approx(0.5), True)]
        assert fobj.closed

        phone.ask("b")
        told = Told()
        told.follow(root.asked[1][1])
        root.asked[1][1].reject(b"\x00\x02", "no")
        assert told.all == [2, (0, 0.0, False)]

        told = Told()
        told.follow(root.asked[0][1])
        assert told.all == ["ok", (3000, pytest.approx(0.5), True)]


def test_an_exception_of_whoever_is_told_breaks_nothing() -> None:
    root = Silent()
    with stage(root) as running, logged_failures() as failures:
        phone = running.phone()
        phone.ask("a")
        root.asked[0][1].on_first(lambda status: 1 / 0)
        root.asked[0][1].on_end(lambda count, seconds, ok: 1 / 0)
        root.asked[0][1].accept(BytesIO(b"x"))
        assert phone.heard() == [Data(1, b"x")]
        phone.ack(1)
        assert running.service.transfers == 0
        assert [failure.type for failure in failures] == [ZeroDivisionError] * 2


def test_a_file_that_cannot_be_read_ends_its_transfer_with_an_error() -> None:
    class Failing(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 65536:
                raise OSError(5, "input/output error")
            return super().read(size)

    root = Silent()
    with stage(root) as running, logged_failures() as failures:
        phone = running.phone()
        phone.ask("a", blksize=65464)
        root.asked[0][1].accept(fobj := Failing(bytes(200_000)))
        phone.heard()
        phone.ack(0)
        assert phone.ack(1) == [error(0, "the file can't be read")]
        assert fobj.closed
        assert running.service.transfers == 0

        phone.ask("b")
        fobj = Failing(bytes(200_000))
        fobj.seek(70_000)
        root.asked[1][1].accept(fobj)
        assert phone.heard() == [error(0, "the file can't be read")]
        assert fobj.closed
        assert [failure.type for failure in failures] == [OSError, OSError]


def test_a_request_said_again_is_not_a_second_transfer() -> None:
    root = Files(a=CONTENT)
    with stage(root) as running:
        phone = running.phone()
        assert len(phone.ask("a")) == 1
        assert phone.ask("a") == []
        assert (root.names, running.service.transfers) == (["a"], 1)


def test_another_request_from_the_same_port_ends_the_former_one() -> None:
    root = Files(a=CONTENT, b=b"b")
    with stage(root) as running:
        phone = running.phone()
        phone.ask("a")
        assert phone.ask("b") == [Data(1, b"b")]
        assert running.service.transfers == 1
        assert root.opened[0].closed


def test_a_phone_that_restarts_amid_a_transfer_gets_the_file_anew() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        phone.ask("a")
        phone.ack(1)
        assert phone.fetch("a") == CONTENT
        assert running.service.transfers == 0


def test_a_text_is_served() -> None:
    with stage(TFTPStringService("tëxt")) as running:
        assert running.phone().fetch("anything") == "tëxt".encode()

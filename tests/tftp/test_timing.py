"""
What happens as time passes, and as the server stops.
"""

import os

import pytest

from provd.tftp.wire import Data
from tests.support import result_of
from tests.tftp.stage import Files, Phone, Silent, Stage, Told, error, stage

CONTENT = os.urandom(3000)
FIRST, SECOND = Data(1, CONTENT[:512]), Data(2, CONTENT[512:1024])


def arrivals(running: Stage, phone: Phone, seconds: float) -> list[float]:
    """
    When packets come, in seconds from now, one entry for each.
    """
    found = []
    for tick in range(1, round(seconds / 0.05) + 1):
        running.reactor.advance(0.05)
        found += [round(tick * 0.05, 2)] * len(phone.heard())
    return found


def test_the_first_packet_is_sent_three_times_and_then_no_more() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        assert phone.ask("a") == [FIRST]
        assert arrivals(running, phone, 30) == pytest.approx([1, 3], abs=0.15)
        assert running.service.requests == 0


def test_a_lost_confirmation_of_options_is_sent_again() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        phone.ask("a", blksize=1428)
        assert arrivals(running, phone, 30) == pytest.approx([1, 3, 7], abs=0.2)


def test_a_phone_that_falls_silent_amid_a_transfer_is_given_up() -> None:
    root = Silent()
    with stage(root) as running:
        phone, told = running.phone(), Told()
        phone.ask("a")
        told.follow(root.asked[0][1])
        Files(a=CONTENT).handle_read_request(*root.asked[0])
        phone.heard()
        running.reactor.after(0.1)
        phone.ack(1)
        assert arrivals(running, phone, 60) == pytest.approx([0.3, 0.9, 2.1, 4.5, 9.3, 17.3], abs=0.3)
        assert running.service.requests == 0
        assert told.all == ["ok", (512, pytest.approx(25.5, abs=0.5), False)]


def test_a_lost_block_is_sent_again_soon_on_a_fast_network() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        phone.ask("a")
        assert phone.ack(1) == [SECOND]
        assert arrivals(running, phone, 0.3) == pytest.approx([0.2], abs=0.051)
        assert phone.ack(1) == []
        assert phone.ack(2) == [Data(3, CONTENT[1024:1536])]


def test_a_whole_window_is_sent_again() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        phone.ask("a", windowsize=4)
        assert len(phone.ack(0)) == 4
        assert len(arrivals(running, phone, 0.3)) == 4


def test_the_time_that_a_phone_asks_for_is_kept() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        phone.ask("a", timeout=6)
        assert phone.ack(0) == [FIRST]
        assert arrivals(running, phone, 40) == pytest.approx([6, 12, 18], abs=0.15)
        assert running.service.requests == 0


def test_a_phone_that_writes_its_flash_for_fifteen_seconds_is_waited_for() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        phone.ask("a")
        for block in range(1, 6):
            running.reactor.after(15 if block == 3 else 0.1)
            phone.heard()
            phone.ack(block)
        running.reactor.after(0.1)
        phone.ack(6)
        assert running.service.transfers == 0


def test_stopping_waits_for_transfers_under_way() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone, late = running.phone(), running.phone()
        phone.ask("a")
        stopped = running.service.stopService()
        assert late.ask("a") == []
        for block in range(1, 7):
            assert running.service.transfers == 1
            phone.heard()
            phone.ack(block)
        assert result_of(stopped) is None


def test_stopping_ends_transfers_after_five_seconds_and_says_so() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        phone.ask("a")
        phone.ack(1)
        stopped = running.service.stopService()
        running.reactor.after(4.9)
        assert running.service.transfers == 1
        phone.heard()
        running.reactor.after(0.2)
        assert phone.heard() == [error(0, "the server stops")]
        assert result_of(stopped) is None


def test_stopping_forgets_requests_that_nobody_has_answered() -> None:
    root = Silent()
    with stage(root) as running:
        told = Told()
        running.phone().ask("a")
        told.follow(root.asked[0][1])
        assert result_of(running.service.stopService()) is None
        assert told.all == ["ignored", (0, 0.0, False)]
        Files(a=CONTENT).handle_read_request(*root.asked[0])


def test_a_stopped_service_can_start_again() -> None:
    with stage(Files(a=CONTENT)) as running:
        assert running.phone().fetch("a") == CONTENT
        result_of(running.service.stopService())
        running.service.startService()
        assert running.phone().fetch("a") == CONTENT

from twisted.internet.task import Clock

from provd.loglimits import LineLimiter


def test_a_source_writes_its_share_and_no_more() -> None:
    limiter = LineLimiter(Clock(), [].append, per_source=3, overall=100)
    assert [limiter.allows("a") for _ in range(5)] == [True] * 3 + [False] * 2
    assert limiter.allows("b")


def test_all_together_write_no_more_than_the_overall_limit() -> None:
    limiter = LineLimiter(Clock(), [].append, per_source=3, overall=10)
    assert sum(limiter.allows(str(number)) for number in range(1000)) == 10
    assert len(limiter._counts) == 10


def test_what_was_left_out_is_reported_once_when_the_window_ends() -> None:
    clock, reports = Clock(), list[int]()
    limiter = LineLimiter(clock, reports.append, per_source=1)
    for _ in range(5):
        limiter.allows("a")
    clock.advance(59.9)
    assert reports == []
    clock.advance(0.1)
    assert reports == [4]
    assert limiter.allows("a")
    clock.advance(600)
    assert reports == [4]
    assert not clock.getDelayedCalls()


def test_a_window_begins_with_its_first_line() -> None:
    clock = Clock()
    limiter = LineLimiter(clock, [].append, per_source=1)
    assert limiter.allows("a")
    clock.advance(59)
    assert not limiter.allows("a")
    clock.advance(1)
    assert limiter.allows("a")


def test_finishing_reports_and_leaves_no_timer() -> None:
    clock, reports = Clock(), list[int]()
    limiter = LineLimiter(clock, reports.append, per_source=1)
    limiter.allows("a")
    limiter.allows("a")
    limiter.finish()
    assert reports == [1]
    assert not clock.getDelayedCalls()


def test_a_clock_set_back_does_not_silence_anyone() -> None:
    clock = Clock()
    clock.advance(1000)
    limiter = LineLimiter(clock, [].append, per_source=1)
    assert limiter.allows("a")
    clock.rightNow = 5.0
    assert limiter.allows("a")

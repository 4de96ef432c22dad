"""
Which of the requests that the daemon tells of again and again are new.
"""

from __future__ import annotations

from provd.cli.tracefollow import News


def traces(*numbers: int, at: str = "t") -> list[dict[str, object]]:
    return [{"id": number, "at": at} for number in numbers]


def test_requests_that_took_long_and_a_restart_are_news() -> None:
    news = News(traces(1, 3))
    assert news.of(traces(1, 2, 3, 4)) == traces(2, 4)
    assert news.of(traces(1, 2, 3, 4)) == []
    assert news.of(traces(1, 2, at="later")) == traces(1, 2, at="later")


def test_more_are_asked_for_when_there_may_be_a_gap_and_from_time_to_time() -> None:
    news = News(traces(*range(1, 11)))
    assert not news.may_lack(traces(*range(5, 50)))
    assert not news.may_lack(traces(*range(10, 110)))
    assert news.may_lack(traces(*range(11, 111)))
    assert [news.wanted() for _ in range(20)] == ([News.FEW] * 9 + [News.ALL]) * 2


def test_what_was_seen_long_ago_is_forgotten() -> None:
    news = News([])
    for start in range(0, 3 * News.REMEMBERED, 10_000):
        news.of(traces(*range(start, start + 10_000)))
    assert news.of(traces(0, 3 * News.REMEMBERED - 1)) == traces(0)

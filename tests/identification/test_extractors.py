from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock
from zope.interface.verify import verifyObject

from provd.guard import Guard
from provd.identification.extractors import (
    CollaboratingDeviceInfoExtractor,
    CombinedInfo,
    GuardedExtractor,
    StandardDeviceInfoExtractor,
)
from provd.identification.interfaces import IExtractor
from provd.identification.merging import LastSeenUpdater, VotingUpdater
from provd.identification.requests import RequestType
from provd.testing.phones import HTTPRequest, dhcp_request, tftp_request
from tests.logged import logged
from tests.support import result_of

HTTP, TFTP, DHCP = RequestType
INFO = {"vendor": "Acme"}


class Saying:
    """
    An extractor that answers what a function returns.
    """

    def __init__(self, answer: Callable[[], Any]) -> None:
        self._answer = answer

    def extract(self, request: Any, request_type: RequestType) -> Any:
        return self._answer()


def saying(answer: Any) -> Saying:
    return Saying(lambda: answer)


def guarded(extractor: Any, clock: Clock | None = None, name: str = "acme") -> GuardedExtractor:
    return GuardedExtractor(name, extractor, clock or Clock(), Guard("extractor"))


def raising(error: BaseException) -> Saying:
    def answer() -> Any:
        raise error

    return Saying(answer)


async def coroutine(answer: Any) -> Any:
    if isinstance(answer, BaseException):
        raise answer
    return answer


class TakesBytesForASCII:
    def extract(self, request: Any, request_type: RequestType) -> Any:
        return {"model": request.getHeader(b"User-Agent").decode("ascii")}


@pytest.mark.parametrize(
    "extractor", [StandardDeviceInfoExtractor(), CollaboratingDeviceInfoExtractor(VotingUpdater, [])]
)
def test_extractors_keep_their_contract(extractor: Any) -> None:
    verifyObject(IExtractor, extractor)
    verifyObject(IExtractor, guarded(extractor))


def test_the_connection_tells_the_address_and_a_lease_the_mac_too() -> None:
    standard = StandardDeviceInfoExtractor()
    assert standard.extract(HTTPRequest(address="192.0.2.1"), HTTP) == {"ip": "192.0.2.1"}
    assert standard.extract(tftp_request(b"x", "192.0.2.2"), TFTP) == {"ip": "192.0.2.2"}
    lease = dhcp_request("192.0.2.3", "00:15:65:aa:0b:1c")
    assert standard.extract(lease, DHCP) == {"ip": "192.0.2.3", "mac": "00:15:65:aa:0b:1c"}


@pytest.mark.parametrize(
    "answer", [INFO, succeed(INFO), coroutine(INFO), {**INFO, "mac": "x", "sn": 5}], ids=repr
)
def test_an_answer_may_be_a_value_a_deferred_or_a_coroutine(answer: Any) -> None:
    assert result_of(guarded(saying(answer)).extract(HTTPRequest(), HTTP)) == INFO


@pytest.mark.parametrize(
    "make",
    [
        lambda: raising(ValueError("s3cret")),
        lambda: raising(SystemExit()),
        lambda: saying(fail(ValueError("s3cret"))),
        lambda: saying(coroutine(ValueError("s3cret"))),
        lambda: saying(succeed("nonsense")),
        lambda: saying(5),
        lambda: saying([1]),
        lambda: saying(None),
        lambda: saying({}),
        lambda: object(),  # no extract at all
        lambda: TakesBytesForASCII(),
    ],
)
def test_whatever_goes_wrong_is_no_information_from_that_extractor_alone(make: Any) -> None:
    extractors = [guarded(make()), guarded(saying(INFO), name="other")]
    combined = CollaboratingDeviceInfoExtractor(VotingUpdater, extractors)
    with logged() as events:
        info = result_of(combined.extract(HTTPRequest(b"/", b"\xff\xfe"), HTTP))
    assert info == INFO
    assert info.opinions == (("other", INFO),)
    assert "s3cret" not in events.everything()


def test_an_extractor_that_never_answers_is_given_up_after_five_seconds() -> None:
    clock = Clock()
    hanging = [Deferred[Any](), Deferred[Any]().addCallback(lambda info: info)]
    chained: Deferred[Any] = succeed(None)
    chained.addCallback(lambda _: Deferred())  # has fired, and yet never comes to an end

    async def waiting() -> Any:
        return await Deferred()

    answers = [*hanging, chained, waiting()]
    extractors = [guarded(saying(answer), clock, f"p{number}") for number, answer in enumerate(answers)]
    combined = CollaboratingDeviceInfoExtractor(LastSeenUpdater, [*extractors, guarded(saying(INFO), clock)])
    results: list[Any] = []
    Deferred.fromCoroutine(combined.extract(HTTPRequest(), HTTP)).addBoth(results.append)
    clock.advance(4.9)
    assert results == []
    with logged() as events:
        clock.advance(0.1)  # all of them waited at the same time
    assert results == [INFO]
    assert len(events.texts()) == len(answers)
    assert not clock.getDelayedCalls()


def test_an_answer_in_time_leaves_no_timer() -> None:
    clock = Clock()
    answer: Deferred[Any] = Deferred()
    results: list[Any] = []
    asked = guarded(saying(answer), clock).extract(HTTPRequest(), HTTP)
    Deferred.fromCoroutine(asked).addBoth(results.append)
    clock.advance(1)
    answer.callback(INFO)
    assert results == [INFO]
    assert not clock.getDelayedCalls()


def test_a_deferred_that_an_extractor_gives_twice_does_no_harm() -> None:
    shared = saying(succeed(INFO))
    extractor = guarded(shared)
    result_of(extractor.extract(HTTPRequest(), HTTP))
    assert result_of(extractor.extract(HTTPRequest(), HTTP)) in (INFO, None)


def test_later_extractors_override_in_their_order_even_if_they_wait() -> None:
    clock = Clock()
    late: Deferred[Any] = Deferred()
    combined = CollaboratingDeviceInfoExtractor(
        LastSeenUpdater, [guarded(saying(late), clock), guarded(saying({"vendor": "Last", "sn": "1"}), clock)]
    )
    results: list[Any] = []
    Deferred.fromCoroutine(combined.extract(HTTPRequest(), HTTP)).addBoth(results.append)
    late.callback({"vendor": "First", "model": "X1"})
    assert results == [{"vendor": "Last", "model": "X1", "sn": "1"}]


def test_opinions_of_several_levels_come_out_together() -> None:
    inner = CollaboratingDeviceInfoExtractor(VotingUpdater, [guarded(saying(INFO), name="a")])
    outer = CollaboratingDeviceInfoExtractor(LastSeenUpdater, [inner, StandardDeviceInfoExtractor()])
    info = result_of(outer.extract(HTTPRequest(address="192.0.2.1"), HTTP))
    assert info == {**INFO, "ip": "192.0.2.1"}
    assert info.opinions == (("a", INFO),)


def test_no_information_at_all_is_an_empty_device_info() -> None:
    info = result_of(CollaboratingDeviceInfoExtractor(VotingUpdater, []).extract(HTTPRequest(), HTTP))
    assert isinstance(info, CombinedInfo)
    assert (info, info.opinions) == ({}, ())

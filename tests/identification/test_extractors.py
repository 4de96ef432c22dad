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


class Directory:
    """
    An extractor that answers when the test lets it.
    """

    def __init__(self) -> None:
        self.asked: list[Deferred[Any]] = []

    def extract(self, request: Any, request_type: RequestType) -> Any:
        answer: Deferred[Any] = Deferred()
        self.asked.append(answer)
        return answer


def asked(extractor: GuardedExtractor) -> list[Any]:
    """
    Ask an extractor on behalf of a phone; what comes out is in the list once the phone need wait no more.
    """
    results: list[Any] = []
    Deferred.fromCoroutine(extractor.extract(HTTPRequest(), HTTP)).addBoth(results.append)
    return results


def test_phones_wait_in_vain_for_an_extractor_once_a_minute_one_at_a_time() -> None:
    clock, directory = Clock(), Directory()
    extractor = guarded(directory, clock)
    with logged() as events:
        first, second = asked(extractor), asked(extractor)
        clock.advance(5)
        assert (first, second) == ([False], [False])
        assert asked(extractor) == [False]  # at once
        clock.advance(59.9)
        assert asked(extractor) == [False]
        clock.advance(0.1)
        trial = asked(extractor)
        assert (trial, asked(extractor)) == ([], [False])
        clock.advance(5)
        assert (trial, asked(extractor)) == ([False], [False])
        clock.advance(5)
    assert events.texts() == [
        "the extractor of acme hasn't answered within 5 s; for 60 s no phone will wait for it"
    ]
    assert not clock.getDelayedCalls()


def test_an_extractor_that_answers_in_time_again_is_trusted_again() -> None:
    clock, directory = Clock(), Directory()
    extractor = guarded(directory, clock)
    with logged():
        asked(extractor)
        clock.advance(5)
        asked(extractor)
        directory.asked[-1].callback(INFO)  # which nobody waits for
        assert asked(extractor) == [False]
        clock.advance(60)
        trial = asked(extractor)
        directory.asked[-1].callback(INFO)
        assert trial == [INFO]
        waiting = asked(extractor)
        assert waiting == []
        directory.asked[-1].callback(INFO)
        assert waiting == [INFO]


def test_an_extractor_that_answers_at_once_is_heard_even_if_it_is_not_waited_for() -> None:
    clock = Clock()
    answers: list[Any] = [Deferred(), succeed(INFO), INFO, fail(ValueError("s3cret"))]
    extractor = guarded(Saying(lambda: answers.pop(0)), clock)
    with logged() as events:
        asked(extractor)
        clock.advance(5)
        assert [asked(extractor) for _ in range(3)] == [[INFO], [INFO], [False]]
    assert len(events.texts()) == 2


@pytest.mark.parametrize("answer", ["nonsense", 5, [1], b"x", object()])
@pytest.mark.parametrize("wrap", [lambda answer: answer, succeed, coroutine])
def test_an_answer_that_is_no_device_info_is_told(answer: Any, wrap: Any) -> None:
    with logged() as events:
        result_of(guarded(Saying(lambda: wrap(answer))).extract(HTTPRequest(), HTTP))
    kind = type(answer).__name__
    assert events.texts() == [f"the extractor of acme returned {kind} where a device info is meant"]


@pytest.mark.parametrize("nothing", [None, False, "", (), 0, {}])
def test_anything_false_is_no_information_and_no_mistake(nothing: Any) -> None:
    with logged() as events:
        assert not result_of(guarded(saying(nothing)).extract(HTTPRequest(), HTTP))
    assert not events


class Vandal:
    """
    Changes all that it is given.
    """

    def extract(self, request: Any, request_type: RequestType) -> Any:
        inner = request.get("packet", request)
        inner["options"][60] = inner["filename"] = "changed"
        request["ip"] = request["address"] = "changed"
        return INFO


def test_an_extractor_cannot_change_what_others_see() -> None:
    for make, kind in (
        (lambda: tftp_request(b"x"), TFTP),
        (lambda: dhcp_request("192.0.2.3", "00:15:65:aa:0b:1c"), DHCP),
    ):
        request: Any = make()
        assert result_of(guarded(Vandal()).extract(request, kind)) == INFO
        assert request == make()


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

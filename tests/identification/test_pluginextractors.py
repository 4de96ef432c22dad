from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from provd.identification.extractors import CollaboratingDeviceInfoExtractor
from provd.identification.merging import LastSeenUpdater
from provd.identification.pluginextractors import AllPluginsDeviceInfoExtractor
from provd.identification.requests import RequestType
from provd.pluginhost.manager import PluginManager
from provd.testing.phones import CAPTURED, HTTPRequest, captured, dhcp_request, tftp_request
from tests.identification.purity.plugins import load, method
from tests.logged import logged
from tests.support import result_of

HTTP, TFTP, DHCP = RequestType


class Extractor:
    """
    Answers what a function makes of a request, and counts how often it is asked.
    """

    def __init__(self, answer: Callable[[Any], Any], promises: bool = True) -> None:
        self.REMEMBERABLE = promises
        self.asked = 0
        self._answer = answer

    def extract(self, request: Any, request_type: RequestType) -> Any:
        self.asked += 1
        return self._answer(request)


class Plugin:
    def __init__(self, plugin_id: str, extractor: Any) -> None:
        self.id = plugin_id
        self.http_dev_info_extractor = extractor
        self.tftp_dev_info_extractor = extractor
        self.dhcp_dev_info_extractor = extractor


def saying(answer: Any, promises: bool = True) -> Extractor:
    return Extractor(lambda request: answer, promises)


class Site:
    """
    Plugins by id, each with its extractor.
    """

    def __init__(self, **extractors: Any) -> None:
        self.clock = Clock()
        self.manager = PluginManager(self.clock)
        self.all = AllPluginsDeviceInfoExtractor(None, self.manager)
        for plugin_id, extractor in extractors.items():
            self.manager.add(Plugin(plugin_id, extractor))

    def ask(self, request: Any = None, kind: RequestType = HTTP) -> Any:
        return result_of(self.all.extract(request or HTTPRequest(b"/x.cfg", b"agent"), kind))


def test_plugins_are_asked_in_the_order_of_their_ids_whatever_the_order_of_loading() -> None:
    site = Site(c=saying({"model": "C"}), a=saying({"model": "A"}, False), b=saying({"model": "B"}))
    for _ in range(2):  # the first time and from memory
        info = site.ask()
        assert info == {"model": "A"}  # a tie goes to the one seen first
        assert [plugin_id for plugin_id, _ in info.opinions] == ["a", "b", "c"]


def test_most_votes_win() -> None:
    site = Site(a=saying({"vendor": "One"}), b=saying({"vendor": "Two"}), c=saying({"vendor": "Two"}, False))
    assert [site.ask(), site.ask()] == [{"vendor": "Two"}] * 2


def test_a_plugin_that_promises_is_asked_once_and_others_every_time() -> None:
    promising, other = saying({"vendor": "Acme"}), saying({"model": "X1"}, False)
    site = Site(a=promising, b=other)
    assert [site.ask() for _ in range(5)] == [{"vendor": "Acme", "model": "X1"}] * 5
    assert (promising.asked, other.asked) == (1, 5)


@pytest.mark.parametrize(("promise", "asked"), [(True, 1), (False, 3), (1, 3), ("yes", 3)])
def test_only_true_is_a_promise(promise: Any, asked: int) -> None:
    extractor = saying({"vendor": "Acme"}, promise)
    site = Site(a=extractor)
    assert [site.ask() for _ in range(3)] == [{"vendor": "Acme"}] * 3
    assert extractor.asked == asked


def test_a_plugin_whose_source_proves_it_is_asked_once(tmp_path: Path) -> None:
    source = """
        agent = request.getHeader(b'User-Agent')
        return {'model': agent.decode('ascii')} if agent else None
    """
    extractor = load(tmp_path, method(source))
    plugin = Plugin("a", extractor)
    plugin._plugin_dir = str(tmp_path)  # type: ignore[attr-defined]
    site = Site()
    site.manager.add(plugin)
    assert site.ask(HTTPRequest(b"/x.cfg", b"X1")) == {"model": "X1"}
    del type(extractor).extract  # it would fail, were it asked
    assert site.ask(HTTPRequest(b"/x.cfg", b"X1")) == {"model": "X1"}


def test_nothing_is_an_answer_to_remember_too() -> None:
    promising = saying(None)
    site = Site(a=promising)
    assert [site.ask() for _ in range(3)] == [{}] * 3
    assert promising.asked == 1


DIFFERENT = [
    (HTTPRequest(b"/x.cfg", b"agent"), HTTP),
    (HTTPRequest(b"/y.cfg", b"agent"), HTTP),
    (HTTPRequest(b"/x.cfg?mac=1", b"agent"), HTTP),
    (HTTPRequest(b"/x.cfg?mac=2", b"agent"), HTTP),
    (HTTPRequest(b"/x.cfg?", b"agent"), HTTP),
    (HTTPRequest(b"/X.cfg", b"agent"), HTTP),
    (HTTPRequest(b"/x.cfg", b"agent 2"), HTTP),
    (HTTPRequest(b"/x.cfg", b""), HTTP),
    (HTTPRequest(b"/x.cfg", None), HTTP),
    (tftp_request(b"/x.cfg"), TFTP),
    (tftp_request(b"x.cfg"), TFTP),
]


def test_requests_that_differ_in_what_the_promise_names_are_told_apart() -> None:
    numbers = iter(range(1000))
    promising = Extractor(lambda request: {"sn": str(next(numbers))})
    site = Site(a=promising)
    answers = [site.ask(request, kind) for request, kind in DIFFERENT]
    assert len({answer["sn"] for answer in answers}) == len(DIFFERENT)
    assert [site.ask(request, kind) for request, kind in DIFFERENT] == answers
    assert promising.asked == len(DIFFERENT)


def test_what_the_promise_leaves_out_makes_no_difference() -> None:
    promising = saying({"vendor": "Acme"})
    site = Site(a=promising)
    site.ask(HTTPRequest(b"/x.cfg", b"agent", "192.0.2.1", headers={b"accept": b"a"}))
    site.ask(HTTPRequest(b"/x.cfg", b"agent", "192.0.2.2", method=b"HEAD"))
    site.ask(tftp_request(b"x", "192.0.2.1", 1), TFTP)
    site.ask(tftp_request(b"x", "192.0.2.2", 2), TFTP)
    assert promising.asked == 2


def test_a_form_is_asked_about_every_time() -> None:
    promising = Extractor(lambda request: {"sn": request.args[b"sn"][0].decode()})
    site = Site(a=promising)
    posts = [HTTPRequest(b"/x", b"agent", method=b"POST", form=b"sn=%d" % number) for number in (1, 2, 2)]
    assert [site.ask(post)["sn"] for post in posts] == ["1", "2", "2"]
    assert promising.asked == 3


def test_a_lease_is_asked_about_every_time() -> None:
    promising = Extractor(lambda request: {"model": request["options"][60]})
    site = Site(a=promising)
    leases = [dhcp_request("192.0.2.1", "00:15:65:aa:0b:1c", model) for model in ("X1", "X2")]
    assert [site.ask(lease, DHCP) for lease in leases] == [{"model": "X1"}, {"model": "X2"}]


def test_a_request_of_unusual_length_is_asked_about_every_time() -> None:
    promising = saying({"vendor": "Acme"})
    site = Site(a=promising)
    for request in (HTTPRequest(b"/" + b"x" * 600), HTTPRequest(b"/", b"x" * 600)):
        site.ask(request)
        site.ask(request)
    assert promising.asked == 4


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AllPluginsDeviceInfoExtractor, "REMEMBERED", 10)
    promising = saying({"vendor": "Acme"})
    site = Site(a=promising)
    for number in range(1000):
        site.ask(HTTPRequest(b"/%d" % number))
    assert len(site.all._remembered) <= 20
    site.ask(HTTPRequest(b"/0"))
    assert promising.asked == 1001


def test_changing_an_answer_changes_no_later_one() -> None:
    own = {"vendor": "Acme"}
    site = Site(a=saying(own))
    first = site.ask()
    first["vendor"] = "Changed"
    own["vendor"] = "Changed by the plugin"
    second = site.ask()
    assert second == {"vendor": "Acme"}
    second.clear()
    assert site.ask() == {"vendor": "Acme"}


def test_a_plugin_that_comes_or_goes_makes_a_new_beginning() -> None:
    site = Site(a=saying({"vendor": "A"}))
    assert site.ask() == {"vendor": "A"}
    site.manager.add(Plugin("b", saying({"model": "B"})))
    assert site.ask() == {"vendor": "A", "model": "B"}
    site.manager.remove("a")
    assert site.ask() == {"model": "B"}
    site.manager.remove("b")
    assert site.ask() == {}
    site.manager.add(Plugin("a", saying({"vendor": "upgraded"})))
    assert site.ask() == {"vendor": "upgraded"}


@pytest.mark.parametrize("comes", [True, False])
def test_a_plugin_that_comes_or_goes_while_an_extractor_waits_leaves_nothing_stale(comes: bool) -> None:
    late: Deferred[Any] = Deferred()
    waits = iter([late, succeed({"vendor": "new"})])
    site = Site(a=Extractor(lambda request: next(waits)), gone=saying({"model": "old"}))
    results: list[Any] = []
    request = HTTPRequest(b"/x.cfg", b"agent")
    Deferred.fromCoroutine(site.all.extract(request, HTTP)).addBoth(results.append)
    site.manager.remove("gone")
    if comes:
        site.manager.add(Plugin("gone", saying({"model": "upgraded"})))
    late.callback({"vendor": "old"})
    assert results[0]["vendor"] == "old"
    assert site.ask(request) == ({"vendor": "new", "model": "upgraded"} if comes else {"vendor": "new"})


def test_an_extractor_that_waited_in_vain_is_asked_again_next_time() -> None:
    waits: list[Any] = [Deferred(), succeed({"vendor": "Acme"})]
    promising = Extractor(lambda request: waits.pop(0))
    site = Site(a=promising, b=saying({"model": "X1"}))
    results: list[Any] = []
    Deferred.fromCoroutine(site.all.extract(HTTPRequest(), HTTP)).addBoth(results.append)
    site.clock.advance(5)
    assert results == [{"model": "X1"}]
    assert [site.ask(HTTPRequest()) for _ in range(2)] == [{"vendor": "Acme", "model": "X1"}] * 2
    assert promising.asked == 2


def test_an_extractor_that_raises_costs_nobody_else_anything() -> None:
    def answer(request: Any) -> Any:
        raise UnicodeDecodeError("ascii", b"\xff", 0, 1, "odd")

    with logged() as events:
        site = Site(a=Extractor(answer), b=saying({"vendor": "Acme"}), c=Extractor(answer, promises=False))
        assert [site.ask() for _ in range(3)] == [{"vendor": "Acme"}] * 3
    assert len(events.texts()) == 2


def test_a_plugin_without_extractors_or_with_a_broken_attribute_is_passed_over() -> None:
    class Broken:
        id = "broken"

        @property
        def http_dev_info_extractor(self) -> Any:
            raise ValueError

    site = Site(a=saying({"vendor": "Acme"}))
    site.manager.add(Broken())
    site.manager.add(Plugin("none", None))
    assert site.ask() == {"vendor": "Acme"}


def test_an_extractor_that_cannot_even_be_asked_for_its_promise_is_asked_every_time() -> None:
    class Broken(Extractor):
        def __init__(self) -> None:
            self.asked = 0
            self._answer = lambda request: {"vendor": "Acme"}

        @property
        def REMEMBERABLE(self) -> bool:  # type: ignore[override]
            raise ValueError

    broken = Broken()
    site = Site(a=broken)
    assert [site.ask() for _ in range(3)] == [{"vendor": "Acme"}] * 3
    assert broken.asked == 3


@pytest.mark.parametrize("count", [20, 112])
def test_the_cost_of_a_remembered_request_does_not_depend_on_how_many_plugins_there_are(count: int) -> None:
    extractors = {f"p{number:03}": saying({"vendor": "Acme"}) for number in range(count)}
    site = Site(**extractors)
    first = site.ask()
    remembered = site.all._remembered
    for extractor in extractors.values():  # whoever is asked again fails
        extractor.extract = None  # type: ignore[method-assign,assignment]
    site.all._promising = {}
    assert site.ask() == first
    assert site.all._remembered is remembered
    assert len(first.opinions) == count


def test_a_factory_gets_all_extractors_of_a_kind_in_order() -> None:
    clock = Clock()
    manager = PluginManager(clock)
    combined = AllPluginsDeviceInfoExtractor(
        lambda extractors: CollaboratingDeviceInfoExtractor(LastSeenUpdater, extractors), manager
    )
    manager.add(Plugin("b", saying({"vendor": "B"})))
    manager.add(Plugin("a", saying({"vendor": "A", "model": "X1"})))
    info = result_of(combined.extract(HTTPRequest(), HTTP))
    assert info == {"vendor": "B", "model": "X1"}


requests = st.one_of(
    st.sampled_from([(captured(name), HTTP) for name in CAPTURED]),
    st.builds(
        lambda path, agent, form: (
            HTTPRequest(b"/" + path, agent, method=b"GET" if form is None else b"POST", form=form or b""),
            HTTP,
        ),
        st.sampled_from([b"a", b"b", b"a?c=1", b"\xff"]),
        st.sampled_from([None, b"", b"x", b"\xff"]),
        st.sampled_from([None, None, b"c=2"]),
    ),
    st.builds(lambda name: (tftp_request(name), TFTP), st.sampled_from([b"/a", b"a", b"\\a", b""])),
)


class EverythingPromised:
    """
    Tells all that the promise allows, and so shows every mistake of the memory.
    """

    def __init__(self, promises: bool) -> None:
        self.REMEMBERABLE = promises

    def extract(self, request: Any, request_type: RequestType) -> Any:
        if request_type is HTTP:
            seen = (request.path, request.uri, request.args, request.getHeader(b"User-Agent"))
        else:
            seen = request["packet"]["filename"]
        return {"model": repr(seen)[:256], "vendor": request_type.value}


@settings(deadline=None)
@given(st.lists(st.one_of(requests, st.sampled_from(["add", "remove"])), max_size=30))
def test_a_remembered_answer_is_the_answer(steps: list[Any]) -> None:
    remembering, asking = Site(a=EverythingPromised(True)), Site(a=EverythingPromised(False))
    remembering.all._remembered._size = 3
    for step in steps:
        for site in (remembering, asking):
            promises = site is remembering
            if step == "add" and "b" not in site.manager:
                site.manager.add(Plugin("b", EverythingPromised(promises)))
            elif step == "remove" and "b" in site.manager:
                site.manager.remove("b")
        if not isinstance(step, str):
            assert remembering.ask(*step) == asking.ask(*step)

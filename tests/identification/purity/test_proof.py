"""
Extractors as third parties write them may be remembered, and what else happens in a plugin's files counts.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from twisted.internet.defer import Deferred

from provd.identification.purity.proof import is_proven_pure
from provd.identification.requests import RequestType
from tests.identification.purity.plugins import ENTRY, FOOTER, HEADER, PROVEN, load, method
from tests.support import result_of


@pytest.mark.parametrize("name", PROVEN)
@pytest.mark.parametrize("kind", [RequestType.HTTP, RequestType.TFTP])
def test_what_plugins_usually_do_is_proven(tmp_path: Path, name: str, kind: RequestType) -> None:
    assert is_proven_pure(load(tmp_path, PROVEN[name]), kind)


class PhoneRequest(dict):  # type: ignore[type-arg]
    """
    As much of a request, of HTTP and TFTP at once, as may be looked at.
    """

    def __init__(self, path: bytes, agent: bytes) -> None:
        super().__init__(packet={"filename": b"SEP001565AA0B1C.cnf.xml"})
        self.path = path
        self.uri = path + b"?mac=001565AA0B1C"
        self.args = {b"mac": [b"001565AA0B1C"], b"uuid": [b"01234567-89AB-cdef-0123-456789abcdef"]}
        self.agent = agent

    def getHeader(self, name: bytes | str) -> bytes | str:
        return self.agent.decode() if isinstance(name, str) else self.agent


@pytest.mark.parametrize("name", PROVEN)
def test_what_is_proven_answers_twice_the_same(tmp_path: Path, name: str) -> None:
    extractor = load(tmp_path, PROVEN[name])

    def ask(path: bytes, agent: bytes, kind: RequestType) -> object:
        request = PhoneRequest(path, agent)
        try:
            answer = extractor.extract(request, kind)
        except (ValueError, RuntimeError, TypeError) as error:
            return str(error)
        assert vars(request) == vars(PhoneRequest(path, agent))
        return result_of(answer) if isinstance(answer, Deferred) else answer

    questions = [
        (path, agent, kind)
        for path in (b"/001565aa0b1c.cfg", b"/acme/001565AA0B1C-t46/A1.cfg", b"/")
        for agent in (b"Acme T46 66.86.0.15 00:15:65:aa:0b:1c", b"A1-2.0", b"\xc3\xa9 00ff", b"")
        for kind in (RequestType.HTTP, RequestType.TFTP)
    ]
    answers = [ask(*question) for question in questions]
    assert any(isinstance(answer, dict) for answer in answers)
    assert [ask(*question) for question in reversed(questions)] == answers[::-1]


SIMPLE = method("return {'model': M, 'sn': T.get(request.path)}", before="M = 'x'\nT = {b'x': 'y'}\n")


def test_the_entry_can_do_nothing_unseen_to_what_another_file_defines(tmp_path: Path) -> None:
    assert is_proven_pure(load(tmp_path, SIMPLE), RequestType.HTTP)
    preset = ENTRY.replace("{}", "{'len': print}", 1)
    assert not is_proven_pure(load(tmp_path, SIMPLE + "\ndef f():\n    len(T)\n", preset), RequestType.HTTP)
    later = "\nfrom twisted.internet import task\ntask.Clock().callLater(9, common.update, {'M': 'y'})\n"
    assert not is_proven_pure(load(tmp_path, SIMPLE, ENTRY + later), RequestType.HTTP)
    for change in ("common['M'] = 'y'", "common['T'].clear()", "execfile_('common.py', common)"):
        assert not is_proven_pure(
            load(tmp_path, SIMPLE, ENTRY + f"\ndef f():\n    {change}\n"), RequestType.HTTP
        ), change


def test_files_are_followed_as_they_are_run(tmp_path: Path) -> None:
    more = {"more": "def f(e):\n    e.M = 1\n", "less": ""}
    source = method("return {'model': self.M}", members="M = 'x'\n")
    assert is_proven_pure(
        load(tmp_path, source, ENTRY + "\nexecfile_('less.py', common)\n", **more), RequestType.HTTP
    )
    assert not is_proven_pure(
        load(tmp_path, source, ENTRY + "\nexecfile_('more.py', common)\n", **more), RequestType.HTTP
    )
    named = "\nname = 'less.py'\nexecfile_(name, common)\n"
    assert not is_proven_pure(load(tmp_path, source, ENTRY + named, **more), RequestType.HTTP)


def test_a_file_that_is_not_what_was_run_proves_nothing(tmp_path: Path) -> None:
    extractor = load(tmp_path, method("return {'sn': time.time()}"))
    (tmp_path / "common.py").write_text(HEADER + method("return {'sn': 1}") + FOOTER)
    assert not is_proven_pure(extractor, RequestType.HTTP)
    extractor = load(tmp_path, SIMPLE)
    (tmp_path / "common.py").write_text("broken = (")
    assert not is_proven_pure(extractor, RequestType.HTTP)
    (tmp_path / "common.py").unlink()
    assert not is_proven_pure(extractor, RequestType.HTTP)


def test_reading_executes_nothing(tmp_path: Path) -> None:
    source = method("return {}", before="RUNS = []\n", after="RUNS.append(1)\nruns = lambda: RUNS\n")
    extractor = load(tmp_path, source)
    assert is_proven_pure(extractor, RequestType.HTTP)
    assert extractor.extract.__func__.__globals__["RUNS"] == [1]


def test_dhcp_is_not_remembered_and_any_object_is_taken(tmp_path: Path) -> None:
    assert not is_proven_pure(load(tmp_path, SIMPLE), RequestType.DHCP)
    for thing in (None, object(), 1, time_teller, type, type("X", (), {"extract": len})(), {}):
        assert not is_proven_pure(thing, RequestType.HTTP)


def time_teller() -> None: ...


def test_a_plugin_that_runs_a_file_of_another_is_found_out_by_its_folder(tmp_path: Path) -> None:
    original, other = tmp_path / "original", tmp_path / "other"
    original.mkdir()
    other.mkdir()
    assert is_proven_pure(load(original, SIMPLE), RequestType.HTTP)
    entry = ENTRY.replace("'common.py'", repr(str(original / "common.py")))
    extractor = load(other, "", entry)
    assert is_proven_pure(extractor, RequestType.HTTP, str(other))
    extractor = load(other, "", entry + "\ndef f():\n    common['M'] = 'y'\n")
    assert not is_proven_pure(extractor, RequestType.HTTP, str(other))


def test_deep_nesting_is_gone_through_once(tmp_path: Path) -> None:
    nested = "request.path" + "[0:]" * 60 + " and (1 or 2" * 60 + ")" * 60
    assert is_proven_pure(load(tmp_path, method(f"return {{'sn': {nested}}}")), RequestType.HTTP)

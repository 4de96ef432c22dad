"""
Which name a plugin is asked about before its file is served.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import IO, Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provd.app.fetches import Fetches
from provd.app.phoneurls import PhoneURLs
from provd.app.suspicion import Suspicion
from provd.app.syncstates import SyncStates
from provd.guard import Guard
from provd.identification.pipeline import Found, Pipeline
from provd.identification.trace import Traces
from provd.pluginhost.manager import PluginManager
from provd.securitylog import SecurityLog
from provd.tftp import readservices, wire
from provd.tftp.dispatch import TFTPDispatch
from provd.tftp.readservices import TFTPFileService
from provd.tftp.requests import Response, TFTPRequest

FILES = ["a", "b.cfg", "a\\b", "sub/a", "sub/b.cfg", "sub/sub/a"]
SECRET = "b.cfg"


class FakePlugin:
    id = "fake"

    def __init__(self, folder: Path) -> None:
        self.tftp_service = TFTPFileService(folder)
        self.judged: list[str] = []

    def is_sensitive_filename(self, name: str) -> bool:
        self.judged.append(name)
        return name == SECRET


class FakeParts:
    """
    A pipeline that finds the plugin, and all else that a request passes on the way.
    """

    def __init__(self, plugin: FakePlugin) -> None:
        self.plugin = plugin

    async def process(self, *_: object) -> Found:
        return Found(None, self.plugin.id)

    def get(self, plugin_id: str) -> FakePlugin:
        return self.plugin

    def guard(self, what: str) -> Guard:
        return Guard(what)

    def reached(self, *_: object, **__: object) -> None:
        return None

    def sensitive_file(self, *_: object) -> None:
        pass


class Kept:
    """
    Carries out answers by keeping them.
    """

    content: bytes | None = None
    refusal: bytes | None = None

    def accepted(self, fobj: IO[bytes]) -> None:
        self.content = fobj.read()

    def rejected(self, errcode: bytes, errmsg: str | bytes) -> None:
        self.refusal = errcode

    def ignored(self) -> None:
        pass


class Site:
    """
    A plugin's folder behind the dispatch; each file's content is its path.
    """

    def __init__(self, folder: Path) -> None:
        for name in FILES:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name)
        self.plugin = FakePlugin(folder)
        parts: Any = FakeParts(self.plugin)
        self._dispatch = TFTPDispatch(
            cast(Pipeline, parts),
            cast(PluginManager, parts),
            cast(PhoneURLs, parts),
            Traces(),
            cast(SecurityLog, parts),
            Suspicion(lambda ip, why, name: None, lambda: 0.0, lambda: False),
            Fetches(SyncStates(lambda: 0.0), lambda device, name: False),
            hide_sensitive=True,
        )

    def ask(self, name: bytes) -> Kept:
        kept = Kept()
        self.plugin.judged.clear()
        request: TFTPRequest = {
            "address": ("192.0.2.7", 1024),
            "local_address": "192.0.2.1",
            "packet": {"opcode": wire.OP_RRQ, "filename": name, "mode": b"octet", "options": {}},
            "prov_dev": None,
        }
        self._dispatch.handle_read_request(request, Response(kept))
        return kept


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("tftpboot"))


segments = st.sampled_from(["", ".", "..", "a", "b.cfg", "sub", "a\\b", "x"]).map(str.encode)
paths = st.lists(segments | st.binary(max_size=3), min_size=1, max_size=6).map(b"/".join)


@given(paths | st.binary(max_size=12))
@example(b"b.cfg/")
@example(b"b.cfg/.")
@example(b"b.cfg/x/..")
@example(b"sub\\..\\b.cfg")
@example(b"//sub//./a")
def test_a_file_is_served_only_if_its_own_name_was_judged(site: Site, name: bytes) -> None:
    kept = site.ask(name)
    if kept.content is None:
        assert kept.refusal in (wire.ERR_FNF, wire.ERR_ACCESS)
        return
    opened = kept.content.decode()
    assert opened in FILES
    assert site.plugin.judged == [posixpath.basename(opened)]
    assert posixpath.basename(opened) != SECRET


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("before", ["", "/", "///", "./", "x/../"])
def test_a_files_own_name_is_judged_whatever_stands_before_it(site: Site, name: str, before: str) -> None:
    kept = site.ask((before + name).encode())
    if posixpath.basename(name) == SECRET:
        assert kept.refusal == wire.ERR_ACCESS
    else:
        assert kept.content == name.encode()


@pytest.mark.parametrize("name", [b"b.cfg/", b"b.cfg/.", b"b.cfg/x/..", b"/sub/b.cfg//", b"sub/b.cfg/./"])
def test_a_name_that_only_leads_to_a_secret_file_is_not_found(site: Site, name: bytes) -> None:
    assert site.ask(name).refusal == wire.ERR_FNF


def test_a_services_error_is_answered(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(readservices, "open_regular", failing)
    assert site.ask(b"a").refusal == wire.ERR_UNDEF

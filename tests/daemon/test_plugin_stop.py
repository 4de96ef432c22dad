"""
A daemon that ends in the middle of a change of a plugin: either version is there afterwards, and phones get
the files that it writes.
"""

from __future__ import annotations

import json
import shutil
import threading
import urllib.request
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, Protocol

from provd.app.pluginchanges import PluginChanges
from provd.app.plugins import Plugins
from provd.app.workers import Workers
from provd.pluginhost.repository import build_repository
from tests.daemon.acme import AcmeTest, calls, contents, hooks, write_source
from tests.daemon.running import Daemon


class Stop(AcmeTest):
    async def _restart(self) -> None:
        hooks.clear()
        calls.clear()
        await self.site.stop()
        await self.site.start()

    def _folders(self) -> list[str]:
        return sorted(path.name for path in self.plugins.iterdir() if path.is_dir())

    async def test_a_download_is_given_up(self) -> None:
        asked: Deferred[None] = Deferred()

        class Silent(Protocol):
            def connectionMade(self) -> None:
                asked.callback(None)

        port = reactor.listenTCP(0, Factory.forProtocol(Silent), interface="127.0.0.1")  # type: ignore[attr-defined]
        self.addCleanup(port.stopListening)
        self.publish("1")
        shutil.move(self.repository / "plugins.db", self.plugins / "plugins.db")
        self.site.parts.parameters.plugin_server = f"http://127.0.0.1:{port.getHost().port}"
        await self.begin("install")
        await asked
        await self.site.stop()
        self.assertEqual(self._folders(), [])

    async def test_devices_whose_turn_did_not_come_are_configured_when_they_ask(self) -> None:
        await self.install("1")
        await self.add_devices(1, 2, 3)
        self.publish("2")
        stopping: Deferred[Any] = Deferred()

        def stop() -> None:
            hooks.clear()
            Deferred.fromCoroutine(self.site.parts.changes.stop()).chainDeferred(stopping)

        hooks["2 configure"] = stop
        await self.begin("upgrade")
        await stopping  # as the daemon does it once no listener has anything to do any more
        await self.site.stop()
        configured = [call for call in calls if call[:2] == ("2", "configure")]
        self.assertEqual(configured, [("2", "configure", "d1")])
        self.assertEqual(calls[-1], ("2", "close", None))
        await self._restart()
        self.assertEqual(calls, [("2", "init", None), ("2", "configure_common", None)])
        for number in (1, 2, 3):
            self.assertEqual(await self.phone(number), (200, b"2"))
        self.assertLessEqual({"d2", "d3"}, {call[2] for call in calls if call[1] == "configure"})

    async def test_a_change_that_does_not_end_is_left_behind(self) -> None:
        self.patch(PluginChanges, "PATIENCE", 0.05)
        self.patch(Plugins, "LONGEST_CLOSE", 0.2)
        self.patch(Workers, "PATIENCE", 0.05)
        await self.install("1", blocking=True)
        await self.add_devices(1)
        before = contents(self.plugins)
        may_close, closes = threading.Event(), threading.Event()
        hooks["1 close"] = lambda: (closes.set(), may_close.wait(10))
        self.publish("2", blocking=True)
        await self.begin("upgrade")
        while not closes.is_set():
            await self.status()
        await self.site.stop()
        may_close.set()
        await self._restart()
        while (self.plugins / ".acme.new").exists():  # what was left behind clears up, unlike a process
            await self.status()
        self.assertEqual(contents(self.plugins), before)
        self.assertEqual(await self.phone(), (200, b"1"))
        self.assertIn(("1", "configure", "d1"), calls)  # it was in doubt

    async def test_a_reload_is_given_up_between_two_devices(self) -> None:
        await self.install("1")
        await self.add_devices(1, 2)
        stopping: Deferred[Any] = Deferred()

        def stop() -> None:
            hooks.clear()
            Deferred.fromCoroutine(self.site.stop()).chainDeferred(stopping)

        hooks["1 deconfigure"] = stop
        Deferred.fromCoroutine(self.api.post("/pg_mgr/reload", {"id": "acme"})).addErrback(lambda _: None)
        await stopping
        await self._restart()
        for number in (1, 2):
            self.assertEqual(await self.phone(number), (200, b"1"))

    async def test_a_crash_after_the_switch_brings_back_the_former_version(self) -> None:
        await self.install("1")
        await self.add_devices(1)
        await self.site.stop()
        before = contents(self.plugins)
        (self.plugins / "acme").rename(self.plugins / ".acme.old")
        write_source(self.plugins / "acme", "2")
        (self.site.data / "running").touch()
        await self._restart()
        self.assertEqual(contents(self.plugins), before)
        self.assertEqual(await self.phone(), (200, b"1"))
        self.assertIn(("1", "configure", "d1"), calls)


ENTRY = """
import os, signal
from provd.plugins import StandardPlugin
from provd.servers.http import HTTPNoListingFileService

class Acme(StandardPlugin):
    IS_PLUGIN = True
    BLOCKING = False

    def configure_common(self, raw_config):
        with open(os.path.join(self._tftpboot_dir, 'common.cfg'), 'w') as file:
            file.write(VERSION)
        if VERSION == '2':
            os.kill(os.getpid(), signal.SIGKILL)
"""


def _source(folder: Path, version: str) -> Path:
    write_source(folder, version)
    (folder / "entry.py").write_text(f"VERSION = {version!r}\n" + ENTRY)
    return folder


def test_a_daemon_that_is_killed_by_the_new_version_comes_back_with_the_former(
    daemon: Daemon, tmp_path: Path
) -> None:
    plugins, cache = daemon.data / "plugins", daemon.data / "cache"
    var = _source(plugins / "acme", "1") / "var"
    for name in ("templates", "tftpboot"):
        (var / name).mkdir(parents=True)
    (var / "templates" / "base.tpl").write_text("custom")
    build_repository([_source(tmp_path / "sources" / "acme", "2")], cache)
    shutil.copy(cache / "plugins.db", plugins)
    daemon.settings(general={"plugin_server": None}, first_start={"plugins": ["yealink"]})
    daemon.start()
    before = contents(plugins / "acme")
    request = urllib.request.Request(
        f"http://127.0.0.1:{daemon.rest}/0.2/pg_mgr/install/upgrade",
        json.dumps({"id": "acme"}).encode(),
        {
            "X-Auth-Token": (daemon.data / "admin-token").read_text().strip(),
            "Content-Type": "application/vnd.accent.provd+json",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 201
    assert daemon.process is not None
    assert daemon.process.wait(10) == -9
    assert (plugins / ".acme.old").exists()
    daemon.start()
    assert any("acme 1" in line for line in daemon.said[-20:])
    assert contents(plugins / "acme") == before
    assert not list(plugins.glob(".*"))

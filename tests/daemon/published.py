"""
A site beside a web server that publishes plugins, and its administrator.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase
from twisted.web import static

from provd.pluginhost.repository import build_repository
from tests.daemon.site import Site
from tests.downloads.servers import Ports
from tests.rest.api import Api

THIRD_PARTY = Path(__file__).parents[1] / "plugins" / "thirdparty"


class PublishedPlugins(TestCase):
    """
    A running daemon without plugins, whose plugin server publishes what the test lets it.
    """

    timeout = 60

    def setUp(self) -> Deferred[None]:
        return Deferred.fromCoroutine(self._set_up())

    async def _set_up(self) -> None:
        self.base = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.base)
        self.published = self.base / "published"
        self.published.mkdir()
        self.ports = Ports()
        self.addCleanup(self.ports.stop)
        self.server = self.ports.serve(static.File(str(self.published))) + "/"
        self.site = Site(
            self.base,
            {"plugin_server": self.server, **self.general()},
            first_start={"plugins": []},
        )
        await self.site.start()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.site.stop()))
        self.api = Api(self.site)

    def general(self) -> dict[str, Any]:
        """
        Return more settings of ``general``.
        """
        return {}

    def publish(self, *folders: Path) -> None:
        build_repository(folders, self.published)

    def source(self, plugin_id: str, entry: str, version: str = "1.0", **files: str) -> Path:
        """
        Write a plugin of one file, and publish it alone.
        """
        folder = self.base / "sources" / plugin_id
        shutil.rmtree(folder, ignore_errors=True)
        for name, text in {"entry.py": entry, **files}.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        info = {"version": version, "description": "A test", "capabilities": {}}
        (folder / "plugin-info").write_text(json.dumps(info))
        self.publish(folder)
        return folder

    async def update(self) -> str:
        begun = await self.api.post("/pg_mgr/install/update", {})
        self.assertEqual(begun.status, 201, begun.text)
        return await self.api.finished(begun.header("Location"))

    async def change(self, what: str, plugin_id: str) -> str:
        """
        Install or upgrade a plugin; return what became of it.
        """
        begun = await self.api.post(f"/pg_mgr/install/{what}", {"id": plugin_id})
        self.assertEqual((begun.status, begun.text), (201, ""))
        return await self.api.finished(begun.header("Location"))

    async def installed(self, plugin_id: str) -> None:
        """
        Have a published plugin installed.
        """
        await self.update()
        status = await self.change("install", plugin_id)
        self.assertTrue(status.startswith("install|success"), status)

    def folder(self, plugin_id: str) -> Path:
        return self.site.data / "plugins" / plugin_id

"""
A plugin of a few lines that is published in many versions, and a daemon whose local repository offers it.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from provd.pluginhost.repository import build_repository
from tests.daemon.site import Site
from tests.rest.api import Api

# What is in braces differs between versions and ids.
ENTRY = """
from provd.plugins import StandardPlugin
from provd.devices.pgasso import BasePgAssociator, DeviceSupport
from provd.servers.http import HTTPNoListingFileService
from tests.daemon.acme import called
from twisted.internet import defer
import os

VERSION = '{version}'

class Extractor:
    def extract(self, request, request_type):
        vendor, _, mac = (request.getHeader(b'User-Agent') or b'').decode('ascii').partition(' ')
        if vendor != '{vendor}':
            return defer.succeed(None)
        return defer.succeed({{'vendor': vendor, 'mac': mac}})

class Associator(BasePgAssociator):
    def _do_associate(self, vendor, model, version):
        return DeviceSupport.PROBABLE if vendor == '{vendor}' else DeviceSupport.NONE

class Acme(StandardPlugin):
    IS_PLUGIN = True
    BLOCKING = {blocking}
    http_dev_info_extractor = Extractor()
    pg_associator = Associator()

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        called(VERSION, 'init', None)
        self._app = app
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)

    def configure_common(self, raw_config):
        called(VERSION, 'configure_common', None)
        self._write('common.cfg')

    def configure(self, device, raw_config):
        called(VERSION, 'configure', device)
        self._write(self._name(device))

    def deconfigure(self, device):
        called(VERSION, 'deconfigure', device)
        try:
            os.remove(os.path.join(self._tftpboot_dir, self._name(device)))
        except OSError:
            pass

    def close(self):
        called(VERSION, 'close', None)

    def _name(self, device):
        return device['mac'].replace(':', '') + '.cfg'

    def _write(self, name):
        with open(os.path.join(self._tftpboot_dir, name), 'w') as file:
            file.write(VERSION)
"""

calls: list[tuple[str, str, str | None]] = []
"""What was called of the plugin: (version, method, device's id or None)."""

hooks: dict[str, Callable[[], Any]] = {}
"""Called within a method: ``"<version> <method>"`` -> function."""


def called(version: str, method: str, device: dict[str, Any] | None) -> None:
    """
    Note a call; the plugin does that.
    """
    calls.append((version, method, device["id"] if device else None))
    hook = hooks.get(f"{version} {method}")
    if hook is not None:
        hook()


def write_source(
    folder: Path, version: str, more: str = "", blocking: bool = False, info: dict[str, Any] | None = None
) -> None:
    """
    Write the folder of the plugin, named by its id.

    :param more: added to the end of ``entry.py``, within the class.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    vendor = folder.name.capitalize()
    (folder / "entry.py").write_text(ENTRY.format(version=version, vendor=vendor, blocking=blocking) + more)
    content = {"version": version, "description": "Phones", "description_fr": "Postes", "capabilities": {}}
    (folder / "plugin-info").write_text(json.dumps({**content, **(info or {})}))


def contents(folder: Path) -> dict[str, bytes | None]:
    """
    Return what is in a folder: path -> content, None for folders.
    """
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def mac(number: int) -> str:
    return f"00:15:65:00:{number // 256:02x}:{number % 256:02x}"


class AcmeTest(TestCase):
    """
    Runs a daemon for each test, without plugins; ``acme`` and others can be published for it.
    """

    timeout = 60
    general: dict[str, Any] = {}

    def setUp(self) -> Deferred[None]:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.repository = self.folder / "repository"
        self.repository.mkdir()
        general = {"local_plugins": str(self.repository), "plugin_server": None, **self.general}
        self.site = Site(self.folder, general, first_start={"plugins": []})
        calls.clear()
        hooks.clear()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.site.stop()))
        return Deferred.fromCoroutine(self._start())

    async def _start(self) -> None:
        self.before_start()
        await self.site.start()
        self.api = Api(self.site)

    def before_start(self) -> None:
        """
        Prepare the folders.
        """

    @property
    def plugins(self) -> Path:
        return self.site.data / "plugins"

    def publish(self, version: str, more: str = "", plugin_id: str = "acme", **options: Any) -> None:
        """
        Have the repository offer a version of a plugin, in the place of any other.
        """
        write_source(self.folder / "sources" / plugin_id, version, more, **options)
        build_repository([self.folder / "sources"], self.repository)

    async def begin(self, action: str, plugin_id: str = "acme") -> str:
        """
        Begin an action; return where its operation is followed.
        """
        answer = await self.api.post(f"/pg_mgr/install/{action}", {"id": plugin_id})
        self.assertEqual(answer.status, 201, answer.text)
        location = answer.header("Location")
        assert location is not None
        return location

    async def do(self, action: str, plugin_id: str = "acme") -> str:
        """
        Return the text of an action's operation when it is finished.
        """
        return await self.api.finished(await self.begin(action, plugin_id))

    async def install(self, version: str, more: str = "", plugin_id: str = "acme", **options: Any) -> None:
        """
        Publish a version and install it.
        """
        self.publish(version, more, plugin_id, **options)
        self.assertEqual(await self.do("install", plugin_id), "install|success")

    async def phone(self, number: int = 1, plugin_id: str = "acme") -> tuple[int, bytes]:
        """
        Fetch a phone's own file.
        """
        return await self.site.get(f"{mac(number).replace(':', '')}.cfg", self.agent(number, plugin_id))

    def agent(self, number: int = 1, plugin_id: str = "acme") -> str:
        return f"{plugin_id.capitalize()} {mac(number)}"

    async def add_devices(self, *numbers: int, plugin_id: str = "acme") -> None:
        """
        Put devices of these MAC addresses on record; their ids are ``d1`` and so on.
        """
        for number in numbers:
            await self.site.parts.app.dev_insert(
                {"id": f"d{number}", "mac": mac(number), "plugin": plugin_id, "config": "autoprov"}
            )

    def device(self, number: int = 1) -> dict[str, Any]:
        return self.site.parts.store.devices.get(f"d{number}")

    async def status(self) -> Any:
        """
        Return what the status document says of plugins.
        """
        return (await self.api.get("/status")).json["plugins"]

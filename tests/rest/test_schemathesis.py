"""
Whatever the description allows and forbids, sent to a running daemon.

By hand, longer and with other data::

    PROVD_SCHEMATHESIS='--seed 7 --max-examples 300' pytest tests/rest/test_schemathesis.py
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from twisted.internet.utils import getProcessOutputAndValue
from twisted.trial.unittest import TestCase
from twisted.web import static
from zope.interface import implementer

from provd.pluginhost.repository import build_repository
from provd.pluginkit import localization
from tests.daemon.published import THIRD_PARTY
from tests.daemon.site import PLUGINS, Site
from tests.downloads.servers import Ports
from tests.rest.api import Api

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "tests/rest/schemathesis.toml"
LONGEST_OUTPUT = 20_000


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        pass


@implementer(IHostnameResolver)
class ThisMachineAlone:
    """
    Knows no other host, so that none is asked for a name and none is connected to.
    """

    def resolveHostName(
        self,
        receiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Any = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        resolution = _Resolution(hostName)
        receiver.resolutionBegan(resolution)
        if hostName == "127.0.0.1":
            receiver.addressResolved(IPv4Address("TCP", hostName, portNumber))
        receiver.resolutionComplete()
        return resolution


@pytest.mark.slow
class Schemathesis(TestCase):
    timeout = 3600

    def setUp(self) -> Deferred[None]:
        return Deferred.fromCoroutine(self._set_up())

    async def _set_up(self) -> None:
        former = reactor.installNameResolver(ThisMachineAlone())  # type: ignore[attr-defined]
        self.addCleanup(reactor.installNameResolver, former)  # type: ignore[attr-defined]
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        repository = self.folder / "repository"
        repository.mkdir()
        build_repository([PLUGINS, THIRD_PARTY], repository)
        self.ports = Ports()
        self.addCleanup(self.ports.stop)
        server = self.ports.serve(static.File(str(repository))) + "/"
        installed = ["yealink", "xivo-acme", "accent-brillo"]
        general = {"local_plugins": str(repository), "plugin_server": server}
        self.site = Site(self.folder, general, first_start={"plugins": installed})
        await self.site.start()
        self.addCleanup(localization.set_locale, None)
        self.addCleanup(lambda: Deferred.fromCoroutine(self.site.stop()))
        (self.site.data / "plugins/xivo-acme/var/cache/acme-1.0.rom").write_bytes(b"abc")

    async def test_the_daemon_does_what_its_description_says(self) -> None:
        api, answers = Api(self.site), self.folder / "answers"
        environment = {
            **os.environ,
            "PROVD_URL": f"{api.base}/0.2",
            "PROVD_TOKEN": api.token,
            "PROVD_TOKEN_ID": hashlib.sha256(api.token.encode()).hexdigest()[:16],
            "PROVD_TENANT": str(self.site.parts.tenants.master),
            "PROVD_ANSWERS": str(answers),
        }
        more = shlex.split(os.environ.get("PROVD_SCHEMATHESIS", ""))
        command = ["-m", "schemathesis.cli", "--config-file", str(SETTINGS), "run", "--no-color", *more]
        output, errors, code = await getProcessOutputAndValue(
            sys.executable, [*command, f"{api.base}/0.2/openapi.json"], environment, str(ROOT)
        )
        self.assertEqual(code, 0, f"{output.decode()[-LONGEST_OUTPUT:]}\n{errors.decode()}")
        self.assertEqual((await api.get("/status")).status, 200)
        told = json.loads(answers.read_text())
        # An operation under way is found by its number, a matter of chance; one handler shows them all.
        told = [(name, status) for name, status, _ in told if not name.endswith("{operation_id}")]
        good = {name for name, status in told if status < 300}
        self.assertEqual({name for name, _ in told} - good, set())

"""
A daemon that all tests of the command share, its administrator, and a web server beside them.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.acme import publish
from tests.cli.rest import Rest
from tests.cli.running import Cli
from tests.cli.servers import Web
from tests.daemon.running import Daemon


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """
    A shell has what it starts in the background ignore interruptions, and so would each command.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    web = Web(tmp_path_factory.mktemp("web"))
    yield web
    web.stop()


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory, web: Web) -> Iterator[Daemon]:
    """
    A daemon with the plugin ``yealink``, whose plugin server offers ``acme``.
    """
    folder = tmp_path_factory.mktemp("daemon")
    publish(folder, web)
    daemon = Daemon(folder)
    daemon.settings(
        general={"plugin_server": f"{web.url}/files/plugins/"}, first_start={"plugins": ["yealink"]}
    )
    daemon.start()
    web.daemon_port = daemon.rest
    yield daemon
    daemon.kill()


@pytest.fixture(scope="session")
def cli(tmp_path_factory: pytest.TempPathFactory, daemon: Daemon) -> Cli:
    """
    The command as it is run on the daemon's machine, by who may read the daemon's files.
    """
    return Cli(
        tmp_path_factory.mktemp("home"),
        PROVD_DATA_DIR=str(daemon.data),
        PROVD_REST_PORT=str(daemon.rest),
    )


@pytest.fixture(scope="session")
def rest(daemon: Daemon) -> Rest:
    return Rest(daemon)


@pytest.fixture
def stranger(tmp_path: Path) -> Cli:
    """
    The command as it is run on another machine, with nothing set up.
    """
    return Cli(tmp_path / "home", PROVD_DATA_DIR=str(tmp_path))

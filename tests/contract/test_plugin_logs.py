"""
plugin-api, 21: what plugins log reaches the daemon's log, whichever thread says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.kit import BRAND, PHONE
from tests.daemon.running import BIN, Daemon
from tests.daemon.site import install_plugin

ENTRY = """
    def configure_common(self, raw_config):
        logger.info('common of %s%%', 100)

    def configure(self, device, raw_config):
        logger.debug('details')
        logging.getLogger('plugin.brand.deeper').warning('careful\\nforged')
        try:
            raw_config['nothing']
        except KeyError:
            logger.exception('caught')
        threads.deferToThread(logger.error, 'from a thread')

import logging

logger = logging.getLogger('plugin.brand')
logging.basicConfig(level=logging.ERROR)
logger.info('loading')
"""


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path)
    daemon.settings(first_start={"plugins": []})
    install_plugin(tmp_path, "brand", BRAND + ENTRY)
    yield daemon
    daemon.kill()


@pytest.mark.parametrize("verbose", [False, True])
def test_what_a_plugin_logs_is_in_the_log_of_the_daemon(daemon: Daemon, verbose: bool) -> None:
    daemon.start([str(BIN / "accent-provd"), *(["--verbose"] if verbose else [])])
    assert daemon.get("a.cfg", PHONE)[0] == 404
    daemon.wait_for("(ERROR) (plugin.brand): from a thread")
    assert daemon.end() == 0
    said = "".join(daemon.said)
    assert "(INFO) (plugin.brand): loading\n" in said
    assert "(INFO) (plugin.brand): common of 100%\n" in said
    assert "(WARNING) (plugin.brand.deeper): careful\\nforged\n" in said
    assert "(ERROR) (plugin.brand): caught\n    Traceback (most recent call last):\n" in said
    assert ("(DEBUG) (plugin.brand): details\n" in said) is verbose

"""
Machines that have the package: as built from the checkout, then upgraded to a later version.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.package.building import MACHINE, build, copy_sources, debian
from tests.package.machine import Machine
from tests.support import missing, need_program

SUITES = ("bookworm", "trixie")
LATER = """accent-provd (0.1.0+later) unstable; urgency=medium

  * Another version.

 -- accent-provd developers <provd@accent.community>  Tue, 24 Nov 2026 08:00:00 +0000

"""


@dataclass
class Built:
    """
    The package of the checkout, a later version of it, and a Debian to install them on.
    """

    package: Path
    later: Path
    base: Path


def _build(suite: str, folder: Path) -> Built:
    now, later = folder / "now", folder / "later"
    package = build(suite, copy_sources(now))
    sources = copy_sources(later)
    changelog = sources / "debian/changelog"
    changelog.write_text(LATER + changelog.read_text())
    for plugin in ("yealink", "gigaset"):
        with (sources / "plugins" / plugin / "common.py").open("a") as code:
            code.write("LATER = True\n")
    return Built(package, build(suite, sources), debian(suite, "machine", MACHINE))


@pytest.fixture(scope="session")
def builds() -> Iterator[dict[str, Future[Built]]]:
    """
    The packages of all suites, built side by side.
    """
    if os.geteuid() != 0:
        missing("root, to boot containers")
    for program, package in (("dpkg-buildpackage", "dpkg-dev"), ("systemd-nspawn", "systemd-container")):
        need_program(program, package)
    folder = Path(tempfile.mkdtemp(prefix="provd-package-", dir="/var/tmp"))
    with ThreadPoolExecutor() as pool:
        yield {suite: pool.submit(_build, suite, folder / suite) for suite in SUITES}
    shutil.rmtree(folder)


@pytest.fixture(scope="module", params=SUITES)
def built(request: pytest.FixtureRequest, builds: dict[str, Future[Built]]) -> Built:
    return builds[request.param].result()


@pytest.fixture(scope="module")
def bare(built: Built) -> Iterator[Machine]:
    """
    A machine that knows nothing of the package.
    """
    folder = Path(tempfile.mkdtemp(prefix="provd-machine-", dir="/var/tmp"))
    machine = Machine(built.base, folder)
    yield machine
    machine.end()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def machine(built: Built, bare: Machine) -> Machine:
    """
    One on which it was installed.
    """
    bare.install(built.package)
    return bare

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugincheck.acme import GOOD, changed, wrong

CONFIGURES = """
    class Parameters:
        description = [("volume", "How loud it rings")]

        def get(self, name):
            return {"volume": 5}[name]

        def set(self, name, value):
            pass

    services = {"configure": Parameters()}
"""
INSTALLS = """
    class Packages:
        def install(self, package):
            pass

        uninstall = install

        def list_installed(self):
            return {}

        def list_installable(self):
            return {"fw": {"version": "1", "description": "Firmware", "dsize": 1}}

    services = {"install": Packages()}
"""


def entry(more: str) -> dict[str, str]:
    return {**GOOD, "entry.py": GOOD["entry.py"] + more}


@pytest.mark.parametrize("services", [CONFIGURES, INSTALLS, "\n    services = {}\n"])
def test_services_as_they_should_be(tmp_path: Path, services: str) -> None:
    assert wrong(tmp_path, entry(services)) == []


@pytest.mark.parametrize(
    ("more", "mistake"),
    [
        ("    http_service = 5", "http_service has no render, getChildWithDefault"),
        ("    tftp_service = 5", "tftp_service has no handle_read_request"),
        ("    dhcp_dev_info_extractor = 5", "dhcp_dev_info_extractor has no extract"),
        ("    services = 5", "services is int where a mapping is meant"),
        ("    services = property(lambda self: 1 // 0)",
         "services failed: ZeroDivisionError: integer division or modulo by zero"),
        (CONFIGURES.replace("def set", "def put"), "the configure service has no set"),
        (CONFIGURES.replace('"volume": 5', '"other": 5'),
         "the configure service failed: KeyError: 'volume'"),
        (CONFIGURES.replace('"How loud it rings"', "5"),
         "the description of the parameter 'volume' isn't a pair of texts"),
        (CONFIGURES.replace("description", "text"),
         "the configure service failed: AttributeError: 'Parameters' object has no attribute 'description'"),
        (INSTALLS.replace("        uninstall = install\n", ""), "the install service has no uninstall"),
        (INSTALLS.replace('"dsize"', '"size"'), "the package fw that can be installed has no dsize"),
        (INSTALLS.replace("return {}", "return 1 // 0"),
         "the install service failed: ZeroDivisionError: integer division or modulo by zero"),
    ],
)  # fmt: skip
def test_wrong_service(tmp_path: Path, more: str, mistake: str) -> None:
    (found,) = (line for line in wrong(tmp_path, entry(more)) if line.startswith("services"))
    assert found.startswith(f"services: {mistake}")


def test_associator_that_cannot_be_asked(tmp_path: Path) -> None:
    files = changed("entry.py", "pg_associator = Associator()", "pg_associator = 5")
    assert wrong(tmp_path, files)[0] == "services: pg_associator has no associate"

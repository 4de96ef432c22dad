from __future__ import annotations

from pathlib import Path

import pytest

from provd.errors import PluginError
from provd.identification.requests import RequestType
from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.identity import FamilyExtractor, Identity
from provd.pluginkit.family.phones import PhoneTable
from provd.testing.phones import HTTPRequest

MODELS = """
defaults: {type: deskphone, branches: ["1", "2"]}
models: {A1: {}, B2: {}, B-Pro: {}}
"""
IDENTITY = r"""
vendor: Acme
mac_prefixes: ["00:AA:BB", "00:cc"]
user_agents:
  - 'Acme (?P<model>\w+(?:[ +]Pro)?) {version}(?: {mac})?(?: serial (?P<sn>\w+))?'
  - {agent: 'Acme/{version}', file: 'acme.*'}
  - 'Acme/.*'
files:
  - '{mac}\.cfg'
  - 'acme(?P<code>\d*)\.cfg'
paths: ['(?:.*/)?acme/(?P<model>\w+)/{mac}\.cfg']
option_60: ['Acme(?: (?P<model>\w+))?']
shared_files: ['all\.cfg', 'all-(?P<code>\d)\.cfg']
shared_paths: ['(?:.*/)?70/\d/boot\.bin']
mac_argument: mac
other_makes: ['Bolt.*']
drop_from_models: "_"
dashes_in_models: " +"
"""

ACME = {"vendor": "Acme", "version": "1.2"}


def identity(folder: Path, text: str = IDENTITY) -> Identity:
    (folder / "models.yml").write_text(MODELS)
    (folder / "identity.yml").write_text(text)
    phones = PhoneTable(DataFile(str(folder), "models.yml"))
    return Identity(DataFile(str(folder), "identity.yml"), phones, {"7": "A1"}.get)


@pytest.mark.parametrize(
    ("agent", "path", "info"),
    [
        ("Acme a1 1.2 00aabb000001", "x", {**ACME, "model": "A1", "mac": "00:aa:bb:00:00:01"}),
        ("Acme Z_9 1.2", "000000000001.cfg", {**ACME, "model": "Z9", "mac": "00:00:00:00:00:01"}),
        ("Acme a1 1.2 serial XY1", "acme7.cfg", {**ACME, "model": "A1", "sn": "XY1"}),
        ("Acme b_2 1.2", "acme7.cfg", {**ACME, "model": "B2"}),
        ("Other", "acme7.cfg", {"vendor": "Acme", "model": "A1"}),
        ("Other", "acme.cfg", {"vendor": "Acme"}),
        ("Other", "00cc00000001.cfg", {"vendor": "Acme", "mac": "00:cc:00:00:00:01"}),
        ("Other", "000000000001.cfg", None),
        (None, "some/acme7.cfg", {"vendor": "Acme", "model": "A1"}),
        (None, "acme/b2/000000000001.cfg", {"model": "B2", "mac": "00:00:00:00:00:01"}),
        (None, "some/acme/Z9/000000000001.cfg", {"model": "Z9", "mac": "00:00:00:00:00:01"}),
        (None, "other/b2/000000000001.cfg", {"mac": "00:00:00:00:00:01"}),
        ("Acme b+Pro 1.2", "x", {**ACME, "model": "B-Pro"}),
        ("Acme Z_9 Pro 1.2", "x", {**ACME, "model": "Z9-Pro"}),
        ("Acme/1.2", "acme.cfg", ACME),
        ("Acme/1.2", "x", {"vendor": "Acme"}),
        ("Bolt 1 00aabb000001", "acme7.cfg", None),
        (" Bolt", "00aabb000001.cfg", {"mac": "00:aa:bb:00:00:01"}),
        ("Bolt", "000000000001.cfg", None),
        ("Other", "all-7.cfg", None),
        ("Acme b_2 1.2", "all-7.cfg", {**ACME, "model": "B2"}),
        ("Acme/1.3", "all-7.cfg", {"vendor": "Acme", "model": "A1"}),
        (None, "all-7.cfg", {"vendor": "Acme", "model": "A1"}),
        (None, "all.cfg", {"vendor": "Acme"}),
        (None, "some/70/1/boot.bin", {"vendor": "Acme"}),
        ("Acme b_2 1.2", "70/1/boot.bin", {**ACME, "model": "B2"}),
        ("Other", "70/1/boot.bin", None),
        (None, "71/1/boot.bin", None),
        ("", "000000000001.cfg", {"mac": "00:00:00:00:00:01"}),
        (None, "000000000000.cfg", None),
        (None, "FFFFFFFFFFFF.cfg", None),
        (None, "x", None),
    ],
)
def test_user_agent_and_file_tell_together(
    tmp_path: Path, agent: str | None, path: str, info: dict[str, str] | None
) -> None:
    assert identity(tmp_path).of_http(agent, path) == info


@pytest.mark.parametrize(
    ("agent", "path", "info"),
    [
        (b"Acme a1 1.2", b"/x?mac=00AABB000001", {**ACME, "model": "A1", "mac": "00:aa:bb:00:00:01"}),
        (b"Acme 00cc00000002", b"/x?mac=00AABB000001", None),
        (b"Acme/ a1", b"/00cc00000002.cfg?mac=00AABB000001", {"vendor": "Acme", "mac": "00:cc:00:00:00:02"}),
        (b"Acme a1 1.2", b"/x?mac={mac}&mac=", {**ACME, "model": "A1"}),
        (b"Acme a1 1.2", b"/x?mac=\xff&id=00AABB000001", {**ACME, "model": "A1"}),
        (None, b"/acme7.cfg?mac=000000000001", {"vendor": "Acme", "model": "A1", "mac": "00:00:00:00:00:01"}),
        (None, b"/x?mac=00AABB000001", None),
        (b"Other", b"/x?mac=00AABB000001", None),
    ],
)
def test_argument_of_the_query_tells_the_address_of_the_familys_own_phones(
    tmp_path: Path, agent: bytes | None, path: bytes, info: dict[str, str] | None
) -> None:
    extractor = FamilyExtractor(identity(tmp_path))
    assert extractor.extract(HTTPRequest(path, agent), RequestType.HTTP) == info


@pytest.mark.parametrize(
    ("mac", "options", "info"),
    [
        ("00:aa:bb:00:00:01", {}, {"vendor": "Acme"}),
        ("00:00:00:00:00:01", {60: "Acme B2\x00"}, {"vendor": "Acme", "model": "B2"}),
        ("00:00:00:00:00:01", {60: "Other"}, None),
        ("00:aa:bb:00:00:01", {60: "Other"}, {"vendor": "Acme"}),
        ("00:aa:bb:00:00:01", {60: "Bolt 1"}, None),
        ("00:00:00:00:00:01", {}, None),
    ],
)
def test_lease_tells_by_option_or_prefix(
    tmp_path: Path, mac: str, options: dict[int, str], info: dict[str, str] | None
) -> None:
    assert identity(tmp_path).of_dhcp(mac, options) == info


def test_all_mistakes_of_the_data_are_named(tmp_path: Path) -> None:
    with pytest.raises(PluginError) as caught:
        identity(tmp_path, "user_agents: ['(', {agent: x}]\nfiles: ['[']\nmac_prefixes: x\n")
    message = str(caught.value)
    for mistake in (
        "vendor is missing",
        "user_agents.0 isn't",
        "user_agents.1 isn't",
        "files.0 isn't",
        "mac_prefixes must be a list",
    ):
        assert mistake in message


def test_family_without_prefixes_claims_no_lease(tmp_path: Path) -> None:
    assert identity(tmp_path, "vendor: Acme").of_dhcp("00:00:00:00:00:01", {}) is None


@pytest.mark.parametrize(("option", "model"), [("", "c3"), ("capital_models: true", "C3")])
def test_models_that_are_not_listed_may_be_in_capitals(tmp_path: Path, option: str, model: str) -> None:
    told = [
        identity(tmp_path, f"{IDENTITY}{option}\n").of_http(f"Acme {name} 1.2", "x") for name in ("c_3", "a1")
    ]
    assert told == [{**ACME, "model": model}, {**ACME, "model": "A1"}]

"""
What holds for every shipped family, by its data.
"""

from __future__ import annotations

import ast
import json
import posixpath
from copy import deepcopy
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.addresses import norm_mac
from provd.identification.association import DeviceSupport
from provd.identification.merging import VotingUpdater
from provd.identification.requests import RequestType
from provd.model.device import DEVICE_INFO_KEYS
from provd.plugincheck.samples import config, request_of
from provd.pluginkit.errors import RawConfigError
from provd.pluginkit.family.association import capabilities
from provd.pluginkit.family.plugin import FamilyPlugin
from provd.plugins import TemplatePluginHelper
from provd.testing.phones import HTTPRequest
from tests.plugins.kit import (
    FAMILIES,
    HERE,
    MAC,
    PLUGINS,
    UPDATE_GOLDEN,
    configs_of,
    files,
    files_below,
    load_family,
    own_file,
    read_yaml,
    reading,
    served,
    update_golden,
)

pytestmark = pytest.mark.usefixtures("_strict")

KEY = "k3yOfATenant"
SAMPLES = [(family, sample) for family in FAMILIES for sample in read_yaml(family, "requests.yml")]
CASES = [
    (family, name, case) for family in FAMILIES for name, case in read_yaml(family, "devices.yml").items()
]


@pytest.fixture(scope="module")
def _strict() -> Any:
    """
    A name that the context lacks fails the test instead of leaving a hole in the file.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TemplatePluginHelper, "UNDEFINED", jinja2.StrictUndefined)
        yield


@pytest.fixture(scope="module")
def plugins(_strict: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, FamilyPlugin]:
    return {family: load_family(family, tmp_path_factory.mktemp("plugins")) for family in FAMILIES}


def told(plugin: FamilyPlugin, sample: dict[str, Any]) -> Any:
    request, kind = request_of(sample)
    extractors = {
        RequestType.HTTP: plugin.http_dev_info_extractor,
        RequestType.TFTP: plugin.tftp_dev_info_extractor,
        RequestType.DHCP: plugin.dhcp_dev_info_extractor,
    }
    return extractors[kind].extract(request, kind)


@pytest.mark.parametrize(("family", "sample"), SAMPLES, ids=lambda value: str(value)[:90])
def test_captured_request_tells(
    plugins: dict[str, FamilyPlugin], family: str, sample: dict[str, Any]
) -> None:
    assert told(plugins[family], sample) == sample["tells"]


@pytest.mark.parametrize("family", FAMILIES)
def test_no_family_claims_phones_of_another(plugins: dict[str, FamilyPlugin], family: str) -> None:
    for other, sample in SAMPLES:
        if other != family and (sample["tells"] or {}).get("vendor"):
            assert not (told(plugins[family], sample) or {}).get("vendor"), sample


@pytest.mark.parametrize(("family", "sample"), SAMPLES, ids=lambda value: str(value)[:90])
def test_of_all_families_together_the_right_one_wins(
    plugins: dict[str, FamilyPlugin], family: str, sample: dict[str, Any]
) -> None:
    together = VotingUpdater()
    for plugin in plugins.values():
        together.update(told(plugin, sample) or {})
    scores = {name: plugin.pg_associator.associate(together.dev_info) for name, plugin in plugins.items()}
    claiming = [name for name, score in scores.items() if score >= DeviceSupport.PROBABLE]
    if not (sample["tells"] or {}).get("vendor"):
        assert family not in claiming
        return  # a phone of no family, or of another, whose vendor may be the same
    assert together.dev_info == sample["tells"]
    assert claiming == [family]


@pytest.mark.parametrize("family", FAMILIES)
def test_answers_may_be_remembered(plugins: dict[str, FamilyPlugin], family: str) -> None:
    assert plugins[family].http_dev_info_extractor.REMEMBERABLE
    assert plugins[family].tftp_dev_info_extractor.REMEMBERABLE
    assert plugins[family].BLOCKING is False


@given(agent=st.binary(max_size=400) | st.none(), path=st.binary(max_size=80), vendor=st.booleans())
def test_odd_bytes_never_raise(
    plugins: dict[str, FamilyPlugin], agent: bytes | None, path: bytes, vendor: bool
) -> None:
    for plugin in plugins.values():
        if vendor:
            agent = plugin.identity.vendor.encode() + b" " + (agent or b"")
        packet = {"packet": {"filename": path}}
        lease = {"ip": "192.0.2.9", "mac": MAC, "options": {60: path.decode("latin-1")}}
        for info in (
            plugin.http_dev_info_extractor.extract(HTTPRequest(b"/" + path, agent), RequestType.HTTP),
            plugin.tftp_dev_info_extractor.extract(packet, RequestType.TFTP),
            plugin.dhcp_dev_info_extractor.extract(lease, RequestType.DHCP),
        ):
            for key, value in (info or {}).items():
                assert key in DEVICE_INFO_KEYS
                assert isinstance(value, str)
                assert value
            if info and "mac" in info:
                assert info["mac"] == norm_mac(info["mac"])


@pytest.mark.parametrize("family", FAMILIES)
def test_capabilities_are_those_of_the_models(plugins: dict[str, FamilyPlugin], family: str) -> None:
    plugin = plugins[family]
    expected = capabilities(plugin.identity.vendor, plugin.phones)
    path = PLUGINS / family / "plugin-info"
    info = json.loads(path.read_text("utf-8"))
    if UPDATE_GOLDEN:
        rest = {key: value for key, value in info.items() if key != "capabilities"}
        lines = [f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in rest.items()]
        phones = [f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in expected.items()]
        lines.append('  "capabilities": {\n' + ",\n".join(phones) + "\n  }")
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    else:
        assert info["capabilities"] == expected
        assert plugin.info["version"] == info["version"]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_model_is_supported(plugins: dict[str, FamilyPlugin], family: str) -> None:
    plugin = plugins[family]
    for model in plugin.phones.models:
        info = {"vendor": plugin.identity.vendor, "model": model}
        assert plugin.pg_associator.associate(info) >= DeviceSupport.COMPLETE


@pytest.mark.parametrize(("family", "name", "case"), CASES, ids=lambda value: str(value)[:40])
def test_files_are_the_golden_ones(tmp_path: Path, family: str, name: str, case: dict[str, Any]) -> None:
    plugin = load_family(family, tmp_path)
    for path in case.get("installed", []):
        plugin.write(path, b"")
    device = {"id": "d1", "mac": MAC, **case.get("device", {})}
    for title, raw_config in configs_of(plugin, device, case):
        before = files(plugin)
        report = "".join(f"{line}\n" for line in plugin.unsupported(device, deepcopy(raw_config)))
        plugin.configure(device, raw_config)
        written = {path: text for path, text in files(plugin).items() if before.get(path) != text}
        written["unsupported.txt"] = report.encode()
        folder = HERE / family / "golden" / name / title
        if UPDATE_GOLDEN:
            update_golden(folder, written)
        assert written == files_below(folder)
        if title != "full":  # what it leaves is what the next one has to remove
            plugin.deconfigure(device)


@pytest.mark.parametrize("family", FAMILIES)
def test_no_golden_file_is_left_over(family: str) -> None:
    folders = {path.name for path in HERE.glob(f"{family}/golden/*/")}
    cases = {name: case for other, name, case in CASES if other == family}
    assert folders == cases.keys()
    whole = [case for case in cases.values() if "config" not in case]
    assert len({case["device"]["model"] for case in whole}) >= 3, "three models with every config at least"


@pytest.mark.parametrize("family", FAMILIES)
def test_golden_files_follow_the_grammar_of_the_phones(family: str) -> None:
    """
    ``check`` of a family's ``reading.py`` raises what a phone couldn't read.
    """
    for path in HERE.glob(f"{family}/golden/*/**/*"):
        if path.is_file() and path.name != "unsupported.txt":
            reading(family).check(path.name, path.read_bytes())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_model_takes_a_bare_and_a_full_config(plugins: dict[str, FamilyPlugin], family: str) -> None:
    plugin = plugins[family]
    plugin.configure_common(config("bare"))
    for model in [*plugin.phones.models, "X-1", None]:
        device = {"id": "d1", "mac": MAC} | ({} if model is None else {"model": model})
        for name in ("bare", "autoprov", "full"):
            text = own_file(plugin, device, config(name))
            assert text.endswith("\n")
            assert b"None" not in plugin.WRITES_NONE.sub(b"", text.encode())
            assert "\r" not in text
    for path in served(plugin).iterdir():
        assert path.is_dir() or b"None" not in plugin.WRITES_NONE.sub(b"", path.read_bytes())


@pytest.mark.parametrize("family", FAMILIES)
def test_configuring_again_leaves_the_files_alone(tmp_path: Path, family: str) -> None:
    plugin = load_family(family, tmp_path)
    device = {"id": "d1", "mac": MAC, "model": plugin.phones.models[0]}

    def stamps() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in served(plugin).rglob("*") if path.is_file()}

    plugin.configure_common(config("full"))
    plugin.configure(device, config("full"))
    before = stamps()
    plugin.configure_common(config("full"))
    plugin.configure(device, config("full"))
    assert stamps() == before
    assert plugin.get_remote_state_trigger_filename(device) in {path.name for path in before}


@pytest.mark.parametrize("family", FAMILIES)
def test_deconfiguring_removes_what_was_written_however_often(tmp_path: Path, family: str) -> None:
    plugin = load_family(family, tmp_path)
    for model in (*plugin.phones.models, "X-1"):
        device = {"id": "d1", "mac": MAC, "model": model}
        plugin.configure(device, config("autoprov"))
        plugin.deconfigure(device)
        plugin.deconfigure(device)
        assert list(served(plugin).iterdir()) == []
    plugin.deconfigure({"id": "d1"})


@pytest.mark.parametrize("family", FAMILIES)
def test_a_config_that_cannot_work_is_refused(plugins: dict[str, FamilyPlugin], family: str) -> None:
    plugin = plugins[family]
    with pytest.raises(RawConfigError):
        plugin.configure({"id": "d1"}, config("autoprov"))
    with pytest.raises(RawConfigError):
        plugin.configure({"id": "d1", "mac": "none"}, config("autoprov"))
    raw_config = config("autoprov")
    del raw_config["http_port"]
    with pytest.raises(RawConfigError):
        plugin.configure({"id": "d1", "mac": MAC}, raw_config)
    with pytest.raises(RawConfigError):
        plugin.configure({"id": "d1", "mac": MAC}, config("autoprov", http_base_url=None, ip=None))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_file_of_a_device_is_sensitive(plugins: dict[str, FamilyPlugin], family: str) -> None:
    plugin = plugins[family]
    name = plugin.get_remote_state_trigger_filename({"mac": MAC})
    assert name is not None
    assert plugin.is_sensitive_filename(name)
    assert not plugin.is_sensitive_filename("base.tpl")
    assert plugin.get_remote_state_trigger_filename({}) is None


def secrets_in(content: bytes, raw_config: dict[str, Any]) -> list[str]:
    """
    Return what a file has of a tenant's key and of the passwords in a raw config.
    """
    lines = raw_config["sip_lines"].values()
    words = [KEY, raw_config["admin_password"], *(line["password"] for line in lines)]
    return [word for word in words if word.encode() in content]


@pytest.mark.parametrize("family", FAMILIES)
def test_what_holds_a_secret_is_sensitive(tmp_path: Path, family: str) -> None:
    """
    A tenant's key in a file that anybody may fetch over TFTP would be the way round it.
    """
    plugin = load_family(family, tmp_path, http_auth_strategy="url_key")
    raw_config = config("full", http_base_url=f"http://192.0.2.5:8667/{KEY}", admin_password="4711815")
    for case in read_yaml(family, "devices.yml").values():
        for path in case.get("installed", []):
            plugin.write(path, b"")
    plugin.configure_common(deepcopy(raw_config))
    common = files(plugin)
    assert [name for name, content in common.items() if secrets_in(content, raw_config)] == []
    for model in [*plugin.phones.models, "X-1", None]:
        device = {"id": "d1", "mac": MAC} | ({} if model is None else {"model": model})
        plugin.configure(device, deepcopy(raw_config))
        for path, content in files(plugin).items():
            if secrets_in(content, raw_config):
                assert plugin.is_sensitive_filename(posixpath.basename(path)), path
        plugin.deconfigure(device)


@pytest.mark.parametrize("family", FAMILIES)
def test_no_piece_of_a_plugin_takes_the_name_of_another_ones(family: str) -> None:
    """
    Pieces that ``execfile_`` runs in the same globals would overwrite what others there define.
    """
    defined: list[str] = []
    imported: set[str] = set()
    for path in (PLUGINS / family).glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                defined.append(node.name)
            elif isinstance(node, ast.Assign):
                targets = (name for target in node.targets for name in ast.walk(target))
                defined += [name.id for name in targets if isinstance(name, ast.Name)]
            elif isinstance(node, ast.Import | ast.ImportFrom):
                imported |= {alias.asname or alias.name for alias in node.names}
    assert defined
    assert [name for name in defined if defined.count(name) > 1 or name in imported] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_templates_of_the_site_come_first(tmp_path: Path, family: str) -> None:
    plugin = load_family(family, tmp_path)
    templates = tmp_path / family / "var" / "templates"
    model = plugin.phones.models[0]
    (templates / "base.tpl").write_text("all: {{ XX_phone.accounts }}\n")
    (templates / f"{model}.tpl").write_text("model: {{ admin_password }}\n")
    assert own_file(plugin, {"mac": MAC, "model": "X-1"}, config("bare")).startswith("all: ")
    assert own_file(plugin, {"mac": MAC, "model": model}, config("autoprov")) == "model: Geheim-1\n"

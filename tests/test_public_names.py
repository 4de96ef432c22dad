"""
What plugins import: every name, its signature, and that it is the very thing that provd itself uses.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

from provd.devices.ident import RequestType
from provd.devices.pgasso import DeviceSupport

ROOT = Path(__file__).parents[1]

KIT = "provd.pluginkit"
BASE, ERRORS, PARAMETERS, URLS = (f"{KIT}.{name}" for name in ("base", "errors", "parameters", "urls"))
ADDRESSES, HOOKS = "provd.addresses", "provd.http.hooks"
ASSOCIATION, REQUESTS = "provd.identification.association", "provd.identification.requests"
ZONES = "provd.timezones.info"
TFTP_SERVICES, TFTP_REQUESTS = "provd.tftp.readservices", "provd.tftp.requests"

PLUGIN = "(app, plugin_dir, gen_cfg, spec_cfg)"
PHONEBOOK = "(raw_config, vendor, entry_point='input', qs_prefix='', qs_suffix='')"
PHONEBOOK_FORMAT = "(raw_config, url_format)"
USER_SERVICE = "(raw_config, vendor, service)"
FOLDER = "(path, defaultType='application/octet-stream', ignoredExts=(), registry=None, allowExt=0)"
MAC_SPELLING = "separator=':', uppercase=False"
NO_ARGUMENTS = "()"

# Module -> name -> (home, signature); where plugins never call a name, its signature is None.
NAMES: dict[str, dict[str, tuple[str, str | None]]] = {
    "plugins": {
        "FetchfwPluginHelper": (f"{KIT}.firmware", "(plugin_dir, downloaders=None, filter_builder=None)"),
        "InvalidParameterError": (ERRORS, None),
        "Plugin": (BASE, PLUGIN),
        "StandardPlugin": (BASE, PLUGIN),
        "TemplatePluginHelper": (f"{KIT}.templates", "(plugin_dir)"),
        "add_accent_phonebook_url": (URLS, PHONEBOOK),
        "add_accent_phonebook_url_from_format": (URLS, PHONEBOOK_FORMAT),
        "add_accent_phoned_user_service_url": (URLS, USER_SERVICE),
        "add_wazo_phoned_user_service_url": (URLS, USER_SERVICE),
        "add_xivo_phonebook_url": (URLS, PHONEBOOK),
        "add_xivo_phonebook_url_from_format": (URLS, PHONEBOOK_FORMAT),
    },
    "synchronize": {
        "SynchronizeException": ("provd.sync.sip", None),
        "get_sync_service": ("provd.sync.current", NO_ARGUMENTS),
        "standard_sip_synchronize": ("provd.sync.sip", "(device, event='check-sync', extra_vars=None)"),
    },
    "tzinform": {
        "DefaultTimezoneInfoDB": (ZONES, "(default_tz_name, db)"),
        "TextTimezoneInfoDB": (ZONES, NO_ARGUMENTS),
        "Time": (ZONES, "(as_seconds)"),
        "TimezoneNotFoundError": (ZONES, None),
        "get_timezone_info": (ZONES, "(name)"),
        "week_start_on_monday": ("provd.timezones.weekdays", "(weekday)"),
    },
    "services": {
        "AbstractConfigurationService": (PARAMETERS, NO_ARGUMENTS),
        "AbstractInstallationService": (PARAMETERS, NO_ARGUMENTS),
        "AttrConfigurationServiceParameter": (
            PARAMETERS,
            "(obj, name, description, check_fun=None, **localized)",
        ),
        "BaseConfigurationService": (PARAMETERS, "(params)"),
        "DictConfigurationServiceParameter": (
            PARAMETERS,
            "(dict_, key, description, check_fun=None, **localized)",
        ),
        "InvalidParameterError": (ERRORS, None),
        "JsonConfigPersister": (PARAMETERS, "(filename)"),
        "PersistentConfigurationServiceDecorator": (PARAMETERS, "(service, persister)"),
        "PersistentConfigureServiceDecorator": (PARAMETERS, "(service, persister)"),
    },
    "util": {
        "format_mac": (ADDRESSES, f"(text, {MAC_SPELLING})"),
        "from_ip": (ADDRESSES, "(packed)"),
        "from_mac": (ADDRESSES, f"(packed, {MAC_SPELLING})"),
        "is_normed_ip": (ADDRESSES, "(text)"),
        "is_normed_mac": (ADDRESSES, "(text)"),
        "is_normed_uuid": (ADDRESSES, "(text)"),
        "norm_ip": (ADDRESSES, "(text)"),
        "norm_mac": (ADDRESSES, "(text)"),
        "norm_uuid": (ADDRESSES, "(text)"),
        "to_ip": (ADDRESSES, "(text)"),
        "to_mac": (ADDRESSES, "(text)"),
    },
    "localization": {
        "get_locale": (f"{KIT}.localization", NO_ARGUMENTS),
        "get_locale_and_language": (f"{KIT}.localization", NO_ARGUMENTS),
    },
    "operation": {
        **{
            f"OIP_{state}": ("provd.model.operation", None)
            for state in ("FAIL", "PROGRESS", "SUCCESS", "WAITING")
        },
        "OperationInProgress": (
            "provd.model.operation",
            "(label=None, state='waiting', current=None, end=None, sub_oips=())",
        ),
    },
    "devices.config": {"RawConfigError": (ERRORS, None), "RawConfigParamError": (ERRORS, None)},
    "devices.ident": {"DHCPRequest": (REQUESTS, None), "RequestType": (REQUESTS, None)},
    "devices.pgasso": {
        "AbstractPluginAssociator": (ASSOCIATION, NO_ARGUMENTS),
        "BasePgAssociator": (ASSOCIATION, NO_ARGUMENTS),
        "DeviceSupport": (ASSOCIATION, None),
        "ReverseAlphabeticConflictSolver": (ASSOCIATION, NO_ARGUMENTS),
    },
    "servers.http": {
        "BaseHTTPHookService": (HOOKS, "(service)"),
        "HTTPAsyncHookService": (HOOKS, "(service)"),
        "HTTPHookService": (HOOKS, "(service)"),
        "HTTPLogService": (HOOKS, "(logger, service)"),
        "HTTPNoListingFileService": (f"{KIT}.http", FOLDER),
    },
    "servers.http_site": {"Request": ("provd.http.site", None)},
    "servers.tftp.service": {
        "TFTPFileService": (TFTP_SERVICES, "(path)"),
        "TFTPHookService": (TFTP_SERVICES, "(service)"),
        "TFTPLogService": (TFTP_SERVICES, "(logger, service)"),
        "TFTPNullService": (TFTP_SERVICES, r"(errcode=b'\x00\x01', errmsg='File not found')"),
        "TFTPRequest": (TFTP_REQUESTS, None),
        "TFTPStringService": (TFTP_SERVICES, "(msg)"),
    },
    "servers.tftp.packet": {
        "Packet": (TFTP_REQUESTS, None),
        **{f"OP_{name}": ("provd.tftp.wire", None) for name in ("RRQ", "WRQ", "DATA", "ACK", "ERR", "OACK")},
        **{f"ERR_{name}": ("provd.tftp.wire", None) for name in ("UNDEF", "FNF", "ACCESS", "ALLOC", "ILL")},
        **{f"ERR_{name}": ("provd.tftp.wire", None) for name in ("UNKNWN_TID", "FEXIST", "NO_USER")},
    },
}
EACH_NAME = [(module, name) for module, names in NAMES.items() for name in names]


def facade(module: str) -> Any:
    return importlib.import_module(f"provd.{module}")


@pytest.mark.parametrize("module", NAMES)
def test_a_public_module_offers_exactly_these_names(module: str) -> None:
    assert sorted(facade(module).__all__) == sorted(NAMES[module])


@pytest.mark.parametrize(("module", "name"), EACH_NAME)
def test_a_public_name_is_that_of_its_home(module: str, name: str) -> None:
    home, signature = NAMES[module][name]
    public = getattr(facade(module), name)
    assert public is getattr(importlib.import_module(home), name)
    if signature is not None:
        parameters = inspect.signature(public).parameters.values()
        bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
        assert str(inspect.Signature(bare)) == signature


@pytest.mark.parametrize("module", NAMES)
def test_a_public_module_is_nothing_but_imports(module: str) -> None:
    source = Path(facade(module).__file__).read_text("utf-8")
    docstring, *statements = ast.parse(source).body
    assert isinstance(docstring, ast.Expr)
    assert all(isinstance(statement, ast.ImportFrom | ast.Assign) for statement in statements)
    assert [ast.unparse(s.targets[0]) for s in statements if isinstance(s, ast.Assign)] == ["__all__"]


def test_provd_itself_imports_from_the_homes() -> None:
    facades = {f"provd.{module}" for module in NAMES}
    for path in (ROOT / "provd").rglob("*.py"):
        package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                above = package[: len(package) - node.level + 1] if node.level else []
                origin = ".".join([*above, *filter(None, [node.module])])
                imported = {origin, *(f"{origin}.{alias.name}" for alias in node.names)}
                assert not imported & facades, path


def test_values_that_plugins_write_down() -> None:
    assert [(member.name, member.value) for member in RequestType] == [
        ("HTTP", "http"),
        ("TFTP", "tftp"),
        ("DHCP", "dhcp"),
    ]
    names = ["NONE", "IMPROBABLE", "UNKNOWN", "PROBABLE", "INCOMPLETE", "COMPLETE", "EXACT"]
    assert [member.name for member in DeviceSupport] == names
    assert [member.value for member in DeviceSupport] == list(range(0, 700, 100))
    packet = facade("servers.tftp.packet")
    opcodes = [packet.OP_RRQ, packet.OP_WRQ, packet.OP_DATA, packet.OP_ACK, packet.OP_ERR, packet.OP_OACK]
    assert opcodes == [bytes([0, number]) for number in range(1, 7)]
    errors = [packet.ERR_UNDEF, packet.ERR_FNF, packet.ERR_ACCESS, packet.ERR_ALLOC, packet.ERR_ILL]
    errors += [packet.ERR_UNKNWN_TID, packet.ERR_FEXIST, packet.ERR_NO_USER]
    assert errors == [bytes([0, number]) for number in range(8)]


def test_errors_of_plugins_take_one_text() -> None:
    for module, name in [("devices.config", "RawConfigError"), ("synchronize", "SynchronizeException")]:
        error = getattr(facade(module), name)("text")
        assert isinstance(error, Exception)
        assert str(error) == "text"

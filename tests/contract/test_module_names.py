"""
plugin-api, 3 and 4: the names of modules, and all that plugins import from them, in a running daemon.
"""

from __future__ import annotations

import importlib
import pickle
import sys
from typing import Any

import provd.plugins
from provd.devices.pgasso import DeviceSupport
from tests.contract.kit import ContractTest
from tests.daemon.site import install_plugin

PACKAGES = ["accent_provd", "wazo_provd", "provd"]

# Every name of section 4, and how plugins reach modules.
IMPORTS = """
try:
    from PACKAGE import plugins, synchronize, tzinform
    from PACKAGE import localization, operation, services, util
    from PACKAGE.devices import config, ident, pgasso
    from PACKAGE.servers import http, http_site, tftp
    from PACKAGE.servers.tftp import packet, service
    import PACKAGE.servers.tftp.service as tftp_service
    import PACKAGE.devices.ident
    from PACKAGE.devices.config import RawConfigError, RawConfigParamError
    from PACKAGE.devices.ident import DHCPRequest, RequestType
    from PACKAGE.devices.pgasso import AbstractPluginAssociator, BasePgAssociator, DeviceSupport
    from PACKAGE.localization import get_locale, get_locale_and_language
    from PACKAGE.operation import OIP_FAIL, OIP_PROGRESS, OIP_SUCCESS, OIP_WAITING, OperationInProgress
    from PACKAGE.plugins import (
        FetchfwPluginHelper, InvalidParameterError, Plugin, StandardPlugin, TemplatePluginHelper,
    )
    from PACKAGE.plugins import (
        add_accent_phonebook_url, add_accent_phonebook_url_from_format, add_accent_phoned_user_service_url,
        add_wazo_phoned_user_service_url, add_xivo_phonebook_url, add_xivo_phonebook_url_from_format,
    )
    from PACKAGE.servers.http import (
        BaseHTTPHookService, HTTPAsyncHookService, HTTPHookService, HTTPLogService, HTTPNoListingFileService,
    )
    from PACKAGE.servers.http_site import Request
    from PACKAGE.servers.tftp.packet import (
        ERR_ACCESS, ERR_ALLOC, ERR_FEXIST, ERR_FNF, ERR_ILL, ERR_NO_USER, ERR_UNDEF, ERR_UNKNWN_TID,
        OP_ACK, OP_DATA, OP_ERR, OP_OACK, OP_RRQ, OP_WRQ, Packet,
    )
    from PACKAGE.servers.tftp.service import (
        TFTPFileService, TFTPHookService, TFTPLogService, TFTPNullService, TFTPRequest, TFTPStringService,
    )
    from PACKAGE.services import (
        AbstractConfigurationService, AbstractInstallationService, AttrConfigurationServiceParameter,
        BaseConfigurationService, DictConfigurationServiceParameter, JsonConfigPersister,
        PersistentConfigurationServiceDecorator, PersistentConfigureServiceDecorator,
    )
    from PACKAGE.synchronize import SynchronizeException, get_sync_service, standard_sip_synchronize
    from PACKAGE.tzinform import (
        DefaultTimezoneInfoDB, TextTimezoneInfoDB, Time, TimezoneNotFoundError, get_timezone_info,
        week_start_on_monday,
    )
    from PACKAGE.util import (
        format_mac, from_ip, from_mac, is_normed_ip, is_normed_mac, is_normed_uuid, norm_ip, norm_mac,
        norm_uuid, to_ip, to_mac,
    )
except ImportError as error:
    raise SystemExit(error)

top = PACKAGE

class Named(StandardPlugin):
    IS_PLUGIN = True
    NAMES = dict(globals())

    def configure_common(self, raw_config):
        # Late, in a worker thread.
        from PACKAGE.plugins import StandardPlugin
        assert StandardPlugin is self.NAMES['StandardPlugin']
"""

MISSING = """
def missing(statement):
    try:
        exec(statement, {})
    except ImportError as error:
        return type(error).__name__
    return 'there'

from accent_provd.plugins import StandardPlugin

class Missing(StandardPlugin):
    IS_PLUGIN = True
    FOUND = [missing(statement) for statement in STATEMENTS]
"""
STATEMENTS = [
    "import accent_provd.nothing",
    "import wazo_provd.servers.nothing as nothing",
    "import accent_provd.plugins.nothing",
    "import accent_provd.nothing.below",
    "from accent_provd import nothing",
    "from wazo_provd.plugins import nothing",
]


class Names(ContractTest):
    def before_start(self) -> None:
        for package in PACKAGES:
            install_plugin(self.site.folder, f"named-{package}", IMPORTS.replace("PACKAGE", package))
        install_plugin(self.site.folder, "missing", MISSING.replace("in STATEMENTS", f"in {STATEMENTS!r}"))

    def names(self, package: str) -> dict[str, Any]:
        plugin = self.site.parts.manager.get(f"named-{package}")
        names: dict[str, Any] = plugin.NAMES
        return {
            name: value for name, value in names.items() if name not in ("execfile_", "__builtins__", package)
        }

    async def test_all_of_them_are_there_and_the_same_in_each_package(self) -> None:
        first, *others = (self.names(package) for package in PACKAGES)
        self.assertGreater(len(first), 90)
        for other in others:
            self.assertEqual(list(other), list(first))
            self.assertEqual([name for name in first if first[name] is not other[name]], [])
        self.assertEqual(self.site.parts.plugins.broken, {})

    async def test_what_is_not_there_is_an_import_error(self) -> None:
        found = self.site.parts.manager.get("missing").FOUND
        self.assertEqual(found, ["ModuleNotFoundError"] * 4 + ["ImportError"] * 2)

    async def test_a_module_that_is_loaded_anew_stays_one(self) -> None:
        alias = importlib.import_module("wazo_provd.util")
        self.assertIs(importlib.reload(alias), sys.modules["provd.util"])
        self.assertIs(sys.modules["accent_provd.util"], sys.modules["provd.util"])

    async def test_what_another_server_pickled_can_be_read(self) -> None:
        text = b"cwazo_provd.devices.pgasso\nDeviceSupport\n(I500\ntR."
        self.assertIs(pickle.loads(text), DeviceSupport.COMPLETE)
        text = b"caccent_provd.plugins\nStandardPlugin\n."
        self.assertIs(pickle.loads(text), provd.plugins.StandardPlugin)
        self.assertIs(pickle.loads(pickle.dumps(DeviceSupport.EXACT)), DeviceSupport.EXACT)

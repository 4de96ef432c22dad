"""
Plugins side by side: a third-party one for the phones of a shipped family, names of files that lead astray,
plugins that can't even be made, and threads of their own.
"""

from __future__ import annotations

from tests.daemon.rogue import plugin_named
from tests.daemon.site import install_plugin
from tests.daemon.test_flows import AGENT, OWN, FlowTest
from tests.logged import logged

THIRD_PARTY = "accent-yealink-v86"
ENTRY = """
common = {}
execfile_('common.py', common)

class YealinkPlugin(common['BaseYealinkPlugin']):
    IS_PLUGIN = True
    _MODELS = ('T46S', 'T99X')
    pg_associator = common['BaseYealinkPgAssociator'](_MODELS, '66.86.0.15')
"""
COMMON = """
import logging
import os
import re

try:
    from accent_provd import plugins, synchronize
    from accent_provd.devices.pgasso import BasePgAssociator, DeviceSupport
    from accent_provd.plugins import StandardPlugin, TemplatePluginHelper
    from accent_provd.servers.http import HTTPNoListingFileService
    from accent_provd.util import format_mac, norm_mac
except ImportError:
    from provd.plugins import StandardPlugin, TemplatePluginHelper
from twisted.internet import defer

logger = logging.getLogger('plugin.yealink')


class BaseYealinkHTTPDeviceInfoExtractor:
    _UA = re.compile(r'^[yY]ealink\\s+SIP-(\\w+)\\s+([\\d.]+)\\s+([\\da-fA-F:]{17})$')

    def extract(self, request, request_type):
        return defer.succeed(self._do_extract(request))

    def _do_extract(self, request):
        match = self._UA.match(request.getHeader(b'User-Agent').decode('ascii'))
        if match:
            model, version, mac = match.groups()
            return {'vendor': 'Yealink', 'model': model, 'version': version, 'mac': norm_mac(mac)}


class BaseYealinkPgAssociator(BasePgAssociator):
    def __init__(self, models, version):
        self._models, self._version = models, version

    def _do_associate(self, vendor, model, version):
        if vendor == 'Yealink' and model in self._models:
            return DeviceSupport.EXACT if version == self._version else DeviceSupport.COMPLETE
        return DeviceSupport.PROBABLE if vendor == 'Yealink' else DeviceSupport.IMPROBABLE


class BaseYealinkPlugin(StandardPlugin):
    http_dev_info_extractor = BaseYealinkHTTPDeviceInfoExtractor()

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        StandardPlugin.__init__(self, app, plugin_dir, gen_cfg, spec_cfg)
        self._tpl_helper = TemplatePluginHelper(plugin_dir)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)

    def _name(self, device):
        return format_mac(device['mac'], separator='') + '.cfg'

    def configure(self, device, raw_config):
        template = self._tpl_helper.get_dev_template(self._name(device), device)
        path = os.path.join(self._tftpboot_dir, self._name(device))
        self._tpl_helper.dump(template, raw_config, path, 'UTF-8', errors='replace')

    def deconfigure(self, device):
        try:
            os.remove(os.path.join(self._tftpboot_dir, self._name(device)))
        except OSError as e:
            logger.info('error while removing file: %s', e)

    def is_sensitive_filename(self, filename):
        return bool(re.match(r'^[0-9a-f]{12}\\.cfg$', filename))
"""


# Names its files by the model that a phone tells.
ASTRAY = """
import re

common = {}
execfile_('common.py', common)

class Extractor(common['BaseYealinkHTTPDeviceInfoExtractor']):
    _UA = re.compile(r'^Acme (\\S+) (\\S+) (\\S{17})$')

    def _do_extract(self, request):
        info = super()._do_extract(request)
        return info and {**info, 'vendor': 'Acme'}

class Associator(common['BasePgAssociator']):
    def _do_associate(self, vendor, model, version):
        return common['DeviceSupport'].EXACT if vendor == 'Acme' else common['DeviceSupport'].NONE

class AstrayPlugin(common['BaseYealinkPlugin']):
    IS_PLUGIN = True
    http_dev_info_extractor = Extractor()
    pg_associator = Associator()

    def _name(self, device):
        return device['model']
"""


class ThirdPartyTest(FlowTest):
    plugin_id, entry = THIRD_PARTY, ENTRY

    def before_start(self) -> None:
        install_plugin(self.site.folder, self.plugin_id, self.entry)
        folder = self.site.folder / "data" / "plugins" / self.plugin_id
        (folder / "common.py").write_text(COMMON)
        (folder / "templates").mkdir()
        (folder / "templates" / "base.tpl").write_text("# third party\n{{ sip_lines['1'].username }}\n")


class SameFamily(ThirdPartyTest):
    async def test_each_serves_the_phones_that_it_suits_best(self) -> None:
        # Both call this one EXACT: the last id in the order of text wins.
        status, shipped = await self.site.get(OWN, AGENT)
        self.assertEqual((status, shipped[:18]), (200, b"#!version:1.0.0.1\n"))
        self.assertEqual(self.site.device()["plugin"], "yealink")
        # A model that only the third party knows.
        theirs = AGENT.replace("T46S", "T99X").replace("aa:bb:01", "aa:bb:02")
        name = "001565aabb02.cfg"
        answer = (200, f"# third party\n{self.site.autoprov_user()}".encode())
        self.assertEqual(await self.site.get(name, theirs, "127.0.0.2"), answer)
        self.assertEqual([device["plugin"] for device in self.site.devices()], ["yealink", THIRD_PARTY])
        # Each in its own folder, asked about its own names.
        self.assertFalse((self.site.served() / name).exists())
        self.assertFalse((self.site.served(THIRD_PARTY) / OWN).exists())
        self.assertEqual(self.site.security_log()[-1], f"Sensitive file requested from 127.0.0.2: {name}")
        self.assertEqual((await self.site.get(name, AGENT))[0], 404)

    async def test_what_both_say_of_a_request_is_counted_together(self) -> None:
        await self.site.get(OWN, AGENT)
        (trace,) = self.site.parts.traces
        self.assertEqual([each["plugin"] for each in trace["extractors"]], [THIRD_PARTY, "yealink"])

    async def test_a_phone_that_is_moved_to_the_other_plugin_changes_its_files(self) -> None:
        await self.site.get(OWN, AGENT)
        await self.site.parts.app.dev_update({**self.site.device(), "plugin": THIRD_PARTY})
        self.assertEqual((await self.site.get(OWN, AGENT))[1][:14], b"# third party\n")
        self.assertFalse((self.site.served() / OWN).exists())
        await self.site.parts.app.dev_update({**self.site.device(), "plugin": "yealink"})
        self.assertEqual((await self.site.get(OWN, AGENT))[1][:18], b"#!version:1.0.0.1\n")
        self.assertFalse((self.site.served(THIRD_PARTY) / OWN).exists())


class Astray(ThirdPartyTest):
    plugin_id, entry = "astray", ASTRAY

    async def test_a_name_that_leads_out_of_the_plugins_folder(self) -> None:
        await self.site.get(OWN, AGENT)
        before = {path for path in self.site.folder.rglob("*") if "db" not in path.name}
        names = ("../../../../x", "../../templates/x", f"{self.site.folder}/x", "missing/x", "y" * 256)
        with logged() as events:
            for number, model in enumerate(names):
                agent = f"Acme {model} 1.0 02:00:00:00:00:0{number}"
                self.assertEqual((await self.site.get("x", agent, f"127.0.1.{number}"))[0], 404)
                self.assertFalse(self.site.devices()[-1]["configured"], model)
                self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)
        left = {path for path in self.site.folder.rglob("*") if "db" not in path.name}
        self.assertEqual({path.name for path in left - before} - {"body"}, set())
        told = [text for text in events.texts() if "astray failed to configure" in text]
        self.assertIn(" OutsideFolder at ", told[0])
        self.assertEqual(len(told), 3)  # with FileNotFoundError and "File name too long"
        first = self.site.devices()[1]["id"]
        others = [text for text in events.texts() if text.endswith(f"for the reason told of {first}")]
        self.assertEqual(len(others), 2)

    async def test_a_model_that_looks_like_a_path_is_served_from_within(self) -> None:
        agent = "Acme ../tftpboot/X1 1.0 02:00:00:00:00:01"
        self.assertEqual((await self.site.get("X1", agent))[1][:14], b"# third party\n")


class Unmakeable(FlowTest):
    def before_start(self) -> None:
        errors = ("ValueError", "SystemExit", "KeyboardInterrupt", "GeneratorExit", "RecursionError")
        constructor = "    def __init__(self, *arguments): raise "
        for number, error in enumerate(errors):
            install_plugin(self.site.folder, f"bad-{number}", f"raise {error}")
            entry = plugin_named("Bad").replace("    WRONG = WRONG", constructor + error)
            install_plugin(self.site.folder, f"worse-{number}", entry)

    async def test_others_are_loaded_and_served(self) -> None:
        loaded = [plugin_id for plugin_id, _ in self.site.parts.manager.items()]
        self.assertIn("yealink", loaded)
        self.assertFalse([plugin_id for plugin_id in loaded if plugin_id.startswith(("bad", "worse"))])
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)

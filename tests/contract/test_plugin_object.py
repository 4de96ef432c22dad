"""
plugin-api, 9: what a plugin gets, and where the daemon looks for what it offers to phones.
"""

from __future__ import annotations

from typing import Any

from tests.contract.kit import BRAND, PHONE, ContractTest
from tests.daemon.site import install_plugin
from tests.rest.api import Api


class Settings(ContractTest):
    general = {"cache_plugin": False}
    sections: dict[str, Any] = {
        "plugin_config": {"brand": {"username": "u", "password": "s3cret"}},
        "proxy": {"http": "http://192.0.2.1:3128"},
    }
    entry = """
    def _http(self, path):
        return HTTPNoListingFileService(path)

    def configure_common(self, raw_config):
        self.common = raw_config
"""

    def before_start(self) -> None:
        keep = "        self.settings = (gen_cfg, spec_cfg)\n        self.http_service ="
        entry = BRAND.replace("        self.http_service =", keep)
        install_plugin(self.site.folder, "brand", entry + self.entry)
        install_plugin(self.site.folder, "other", entry.replace("Brand", "Other"))

    async def test_those_of_the_daemon_and_its_own_are_given_at_its_birth(self) -> None:
        gen_cfg, spec_cfg = self.plugin.settings
        self.assertEqual(gen_cfg["tftp_port"], self.site.settings.general.tftp_port)
        self.assertIs(gen_cfg["cache_plugin"], False)
        self.assertEqual(spec_cfg, {"username": "u", "password": "s3cret"})
        other_gen_cfg, other_spec_cfg = self.site.parts.manager.get("other").settings
        self.assertEqual(other_spec_cfg, {})
        self.assertIsNot(gen_cfg, other_gen_cfg)

    async def test_proxies_are_the_current_ones(self) -> None:
        proxies = self.plugin.settings[0]["proxies"]
        self.assertEqual(proxies["http"], "http://192.0.2.1:3128")
        api = Api(self.site)
        value = {"param": {"value": "http://192.0.2.2:3128"}}
        self.assertEqual((await api.put("/configure/http_proxy", value)).status, 204)
        self.assertEqual(proxies["http"], "http://192.0.2.2:3128")
        value = {"param": {"value": None}}
        self.assertEqual((await api.put("/configure/http_proxy", value)).status, 204)
        self.assertNotIn("http", proxies)

    async def test_common_files_are_written_with_at_least_the_ways_to_this_server(self) -> None:
        common, general = self.plugin.common, self.site.settings.general
        self.assertEqual(
            (common["http_port"], common["tftp_port"]),
            (general.http_proxied_listen_port, general.tftp_port),
        )
        self.assertEqual(common["http_base_url"], f"http://{common['ip']}:{common['http_port']}")


class Services(ContractTest):
    entry = """
    services = {}
    id = None
    judged = []

    def is_sensitive_filename(self, filename):
        self.judged.append(filename)
        return False


class Computed(BrandPlugin):
    IS_PLUGIN = True

    def __init__(self, *args):
        StandardPlugin.__init__(self, *args)
        self._service = HTTPNoListingFileService(self._tftpboot_dir)

    @property
    def http_service(self):
        return self._service

    @property
    def tftp_service(self):
        return TFTPFileService(self._tftpboot_dir)

del BrandPlugin
"""

    async def test_they_may_be_properties_of_the_class(self) -> None:
        self.put("brand.cfg")
        self.put(PHONE)
        self.assertEqual((await self.http("/brand.cfg")).body, b"hello")
        self.assertEqual(await self.site.tftp(PHONE), (0, b"hello"))

    async def test_names_to_judge_are_bare_and_text(self) -> None:
        await self.http("/sub/a%20b.cfg?x=/y")
        await self.site.tftp(f"sub/{PHONE}.cfg")
        self.assertEqual(self.plugin.judged, ["a b.cfg", f"{PHONE}.cfg"])


class OneClassForAllOfAFamily(ContractTest):
    entry = """
    _SERVICE = TFTPFileService('/nowhere')

    def _tftp(self, path):
        return self._SERVICE
"""

    def before_start(self) -> None:
        for plugin_id in ("brand", "brand-v2"):
            install_plugin(self.site.folder, plugin_id, BRAND + self.entry)

    async def test_each_plugin_has_objects_of_its_own(self) -> None:
        self.put("brand-only.cfg")
        (self.site.served("brand-v2") / "v2-only.cfg").write_bytes(b"v2")
        # Both call the phone their own: the last id wins.
        self.assertEqual((await self.http("/v2-only.cfg")).body, b"v2")
        self.assertEqual((await self.http("/brand-only.cfg")).status, 404)
        (plugin_id,) = {device["plugin"] for device in self.site.devices()}
        self.assertEqual(plugin_id, "brand-v2")
        self.assertIsNot(type(self.plugin), type(self.site.parts.manager.get("brand-v2")))

"""
A phone's first minutes, step by step, with the state after each: over HTTP, over TFTP, after a restart.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, gatherResults
from twisted.trial.unittest import TestCase

from tests.daemon.site import SHIPPED, Site, install_plugin

MAC = "00:15:65:aa:bb:01"
AGENT = f"Yealink SIP-T46S 66.86.0.15 {MAC}"
COMMON, OWN = "y000000000066.cfg", "001565aabb01.cfg"
WELL_KNOWN = {"base", "default", "defaultconfigdevice", "autoprov"}

# Knows phones of Acme, which tell their model late, over HTTP and by DHCP option 60.
ACME = """
from provd.plugins import StandardPlugin
from provd.devices.pgasso import BasePgAssociator, DeviceSupport
from provd.servers.http import HTTPNoListingFileService
from provd.servers.tftp.service import TFTPFileService
from twisted.internet import defer
import os, re

class Extractor:
    def extract(self, request, request_type):
        text = (request.getHeader(b'User-Agent') or b'').decode('ascii')
        match = re.match(r'Acme ?(\\w+)? ([0-9a-f:]{17})', text)
        if not match:
            return defer.succeed(None)
        info = {'vendor': 'Acme', 'mac': match.group(2)}
        if match.group(1):
            info['model'] = match.group(1)
        return defer.succeed(info)

class Associator(BasePgAssociator):
    def _do_associate(self, vendor, model, version):
        return DeviceSupport.PROBABLE if vendor == 'Acme' and ASSOCIATES else DeviceSupport.UNKNOWN

class Acme(StandardPlugin):
    IS_PLUGIN = True
    http_dev_info_extractor = Extractor()
    pg_associator = Associator()

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)
        self.tftp_service = TFTPFileService(self._tftpboot_dir)

    def configure_common(self, raw_config):
        with open(os.path.join(self._tftpboot_dir, 'acme.cfg'), 'w') as common:
            common.write('common')

    def configure(self, device, raw_config):
        model = device['model']
        name = device['mac'].replace(':', '') + '.acme'
        with open(os.path.join(self._tftpboot_dir, name), 'w') as own:
            own.write(model)
"""


class FlowTest(TestCase):
    """
    Runs a daemon for each test.
    """

    timeout = 60
    general: dict[str, Any] = {}

    def setUp(self) -> Deferred[None]:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.site = Site(Path(temporary.name), self.general)
        self.before_start()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.site.stop()))
        return Deferred.fromCoroutine(self.site.start())

    def before_start(self) -> None:
        """
        Prepare the data folder.
        """

    def learned(self, device: dict[str, Any]) -> dict[str, Any]:
        """
        Return a device without what only identifies its documents.
        """
        left_out = ("id", "config", "tenant_uuid")
        return {key: value for key, value in device.items() if key not in left_out}


class NewPhoneOverHTTP(FlowTest):
    async def test_common_file_first_then_its_own(self) -> None:
        status, body = await self.site.get(COMMON, AGENT)
        self.assertEqual((status, body[:18]), (200, b"#!version:1.0.0.1\n"))
        device = self.site.device()
        self.assertEqual(
            self.learned(device),
            {
                "mac": MAC,
                "vendor": "Yealink",
                "model": "T46S",
                "version": "66.86.0.15",
                "ip": "127.0.0.1",
                "plugin": "yealink",
                "added": "auto",
                "is_new": True,
                "configured": True,
            },
        )
        self.assertEqual(device["tenant_uuid"], self.site.parts.tenants.master)
        self.assertEqual(self.site.configs(), WELL_KNOWN | {device["config"]})
        config = self.site.parts.store.configs.get(device["config"])
        self.assertTrue(device["config"].startswith("autoprov"))
        self.assertEqual((config["parent_ids"], config["transient"]), (["autoprov"], True))
        self.assertNotIn("role", config)
        self.assertTrue((self.site.served() / OWN).is_file())
        self.assertEqual((self.site.served() / OWN).stat().st_mode & 0o777, 0o640)
        self.assertEqual(
            self.site.security_log(), [f"New device created automatically from 127.0.0.1: {device['id']}"]
        )

        status, body = await self.site.get(OWN, AGENT)
        self.assertEqual(status, 200)
        self.assertIn(f"account.1.user_name = {self.site.autoprov_user()}\n".encode(), body)
        self.assertEqual(body, (self.site.served() / OWN).read_bytes())
        after = self.site.device()
        self.assertEqual(after, {**device, "remote_state_sip_username": self.site.autoprov_user()})
        self.assertEqual(self.site.security_log()[1:], [f"Sensitive file requested from 127.0.0.1: {OWN}"])

        status, over_tftp = await self.site.tftp(OWN)
        self.assertEqual((status, over_tftp), (0, body))
        self.assertEqual(self.site.device(), after)

    async def test_two_first_requests_at_once_make_one_device(self) -> None:
        answers = await gatherResults(
            [Deferred.fromCoroutine(Site.get(self.site, name, AGENT)) for name in (OWN, COMMON, OWN, COMMON)]
        )
        self.assertEqual([status for status, _ in answers], [200] * 4)
        device = self.site.device()
        self.assertEqual(self.site.configs(), WELL_KNOWN | {device["config"]})

    async def test_a_request_that_tells_nothing_leaves_nothing(self) -> None:
        self.assertEqual((await self.site.get("wp-login.php", "Mozilla/5.0"))[0], 404)
        self.assertEqual((await self.site.get(""))[0], 404)
        self.assertEqual((await self.site.tftp("x.bin"))[0], 68)
        self.assertEqual(self.site.devices(), [])
        self.assertEqual(self.site.configs(), WELL_KNOWN)
        lines = self.site.security_log()
        self.assertIn("Unidentified request from 127.0.0.1: wp-login.php", lines)

    async def test_no_autocreate_config_then_one(self) -> None:
        configs = self.site.parts.store.configs
        autoprov = configs.get("autoprov")
        await configs.delete("autoprov")
        self.assertEqual((await self.site.get(COMMON, AGENT))[0], 200)
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 404)
        device = self.site.device()
        self.assertEqual((device["configured"], device["plugin"]), (False, "yealink"))
        self.assertNotIn("config", device)
        await configs.insert(autoprov)
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)
        self.assertTrue(self.site.device()["configured"])


class PhoneWithoutPlugin(FlowTest):
    def before_start(self) -> None:
        install_plugin(self.site.folder, "acme", ACME.replace("ASSOCIATES", "associates.yes"))
        entry = self.site.folder / "data" / "plugins" / "acme" / "entry.py"
        entry.write_text("class associates:\n    yes = False\n" + entry.read_text())

    async def test_it_is_kept_and_each_request_tries_again(self) -> None:
        agent = "Acme X1 02:00:00:00:00:01"
        self.assertEqual((await self.site.get("020000000001.acme", agent))[0], 404)
        device = self.site.device()
        self.assertNotIn("plugin", device)
        self.assertEqual(self.site.configs(), WELL_KNOWN | {device["config"]})
        self.assertFalse(device["configured"])
        plugin = self.site.parts.manager.get("acme")
        plugin.pg_associator._do_associate.__func__.__globals__["associates"].yes = True
        self.assertEqual(await self.site.get("020000000001.acme", agent), (200, b"X1"))
        self.assertEqual(self.site.device(), {**device, "plugin": "acme", "configured": True})


class PhoneThatTellsItsModelLate(FlowTest):
    def before_start(self) -> None:
        install_plugin(self.site.folder, "acme", ACME.replace("ASSOCIATES", "True"))

    async def test_it_is_configured_once_the_model_is_known(self) -> None:
        self.assertEqual(await self.site.get("acme.cfg", "Acme 02:00:00:00:00:01"), (200, b"common"))
        self.assertFalse(self.site.device()["configured"])
        self.assertEqual((await self.site.get("020000000001.acme", "Acme 02:00:00:00:00:01"))[0], 404)
        answer = await self.site.get("020000000001.acme", "Acme X1 02:00:00:00:00:01")
        self.assertEqual(answer, (200, b"X1"))
        self.assertEqual((self.site.device()["model"], self.site.device()["configured"]), ("X1", True))


class KnownPhone(FlowTest):
    async def known(self, **changes: Any) -> dict[str, Any]:
        """
        Return the device of a phone that has booted once, changed as an administrator would.
        """
        await self.site.get(OWN, AGENT)
        device = self.site.device()
        device.update(changes)
        device = {key: value for key, value in device.items() if value is not None}
        await self.site.parts.store.devices.update(device)
        return self.site.device()

    async def test_nothing_new(self) -> None:
        device = await self.known()
        written = (self.site.served() / OWN).stat()
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)
        self.assertEqual(self.site.device(), device)
        after = (self.site.served() / OWN).stat()
        self.assertEqual((after.st_ino, after.st_mtime_ns), (written.st_ino, written.st_mtime_ns))

    async def test_new_address_is_taken_from_another_device_and_nothing_is_written(self) -> None:
        device = await self.known()
        await self.site.get(COMMON, "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:bb:02", "127.0.0.2")
        (self.site.served() / OWN).write_bytes(b"not written again")
        self.assertEqual((await self.site.get(OWN, AGENT, "127.0.0.2"))[1], b"not written again")
        mine, other = self.site.devices()
        self.assertEqual(mine, {**device, "ip": "127.0.0.2"})
        self.assertNotIn("ip", other)

    async def test_new_firmware_is_configured_again(self) -> None:
        device = await self.known()
        (self.site.served() / OWN).write_bytes(b"stale")
        newer = AGENT.replace("66.86.0.15", "66.86.0.160")
        status, body = await self.site.get(OWN, newer)
        self.assertEqual((status, body[:17]), (200, b"#!version:1.0.0.1"))
        self.assertEqual(self.site.device(), {**device, "version": "66.86.0.160"})

    async def test_what_was_unknown_is_added_and_configured(self) -> None:
        device = await self.known(model=None, version=None)
        (self.site.served() / OWN).write_bytes(b"stale")
        status, body = await self.site.get(OWN, AGENT)
        self.assertEqual((status, body[:17]), (200, b"#!version:1.0.0.1"))
        self.assertEqual(self.site.device(), {**device, "model": "T46S", "version": "66.86.0.15"})

    async def test_another_model_is_kept_as_stored(self) -> None:
        device = await self.known(model="T48S")
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)
        self.assertEqual(self.site.device(), device)

    async def test_a_plugin_that_is_not_loaded_is_kept(self) -> None:
        device = await self.known(plugin="gone-1.0", configured=False)
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 404)
        self.assertEqual(self.site.device(), device)

    async def test_a_deleted_config_is_not_created_again(self) -> None:
        await self.known()
        before = self.site.configs()
        device = await self.known(config="deleted", configured=False)
        (self.site.served() / OWN).unlink()
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 404)
        self.assertEqual(self.site.device(), device)
        self.assertEqual(self.site.configs(), before)


class PhoneOverTFTP(FlowTest):
    async def test_generic_name_first_then_its_own_and_then_by_address(self) -> None:
        # 1: only vendor and model are known, which makes a candidate and no device.
        self.assertEqual((await self.site.tftp(COMMON, "127.0.0.9"))[0], 0)
        self.assertEqual((self.site.devices(), self.site.configs()), ([], WELL_KNOWN))
        # 2: the address brings a MAC address, and what it told before.
        status, body = await self.site.tftp(OWN, "127.0.0.9")
        self.assertEqual((status, body[:17]), (0, b"#!version:1.0.0.1"))
        device = self.site.device()
        self.assertEqual(
            self.learned(device),
            {
                "mac": MAC,
                "vendor": "Yealink",
                "model": "T46S",
                "ip": "127.0.0.9",
                "plugin": "yealink",
                "added": "auto",
                "is_new": True,
                "configured": True,
                "remote_state_sip_username": self.site.autoprov_user(),
            },
        )
        # 3: the address alone.
        (self.site.served() / "ring.wav").write_bytes(b"ring")
        self.assertEqual(await self.site.tftp("ring.wav", "127.0.0.9"), (0, b"ring"))
        self.assertEqual(self.site.device(), device)
        # 4: a new address, generic name first: no junk device.
        self.assertEqual((await self.site.tftp(COMMON, "127.0.0.10"))[0], 0)
        self.assertEqual(self.site.device(), device)
        self.assertEqual(await self.site.tftp(OWN, "127.0.0.10"), (0, body))
        self.assertEqual(self.site.device(), {**device, "ip": "127.0.0.10"})

    async def test_the_lease_came_first(self) -> None:
        await self.site.tftp(OWN, "127.0.0.9")
        device = self.site.device()
        await self.site.lease("127.0.0.10", MAC)
        self.assertEqual(self.site.device(), {**device, "ip": "127.0.0.10"})
        self.assertEqual((await self.site.tftp(COMMON, "127.0.0.10"))[0], 0)
        self.assertEqual(self.site.device()["model"], "T46S")
        self.assertEqual([d["mac"] for d in self.site.devices()], [MAC])


class Restart(FlowTest):
    def before_start(self) -> None:
        install_plugin(self.site.folder, "broken", "raise ValueError('broken on purpose')")
        (self.site.folder / "base_raw_config.json").write_text(json.dumps({"ntp_ip": "192.0.2.123"}))

    async def test_documents_and_files_are_there_and_nothing_is_written_again(self) -> None:
        await self.site.get(OWN, AGENT)
        device = self.site.device()
        configs = self.site.configs()
        (self.site.served() / OWN).write_bytes(b"as it was")
        await self.site.stop()
        self.assertFalse((self.site.data / "running").exists())
        await self.site.start()
        self.assertEqual(sorted(plugin_id for plugin_id, _ in self.site.parts.manager.items()), SHIPPED)
        self.assertEqual((self.site.device(), self.site.configs()), (device, configs))
        self.assertEqual(await self.site.get(OWN, AGENT), (200, b"as it was"))
        self.assertTrue((self.site.served() / COMMON).is_file())
        self.flushLoggedErrors()

    async def test_after_an_unclean_stop_files_are_written_again(self) -> None:
        await self.site.get(OWN, AGENT)
        content = (self.site.served() / OWN).read_bytes()
        await self.site.stop()
        (self.site.data / "running").touch()
        (self.site.served() / OWN).write_bytes(content[:1000])
        (self.site.served() / ".provd-0123456789abcdef.tmp").write_bytes(b"half")
        await self.site.start()
        self.assertFalse((self.site.served() / ".provd-0123456789abcdef.tmp").exists())
        self.assertEqual(await self.site.get(OWN, AGENT), (200, content))

    async def test_doubt_outlives_a_restart_until_the_phone_has_asked(self) -> None:
        await self.site.get(OWN, AGENT)
        content = (self.site.served() / OWN).read_bytes()
        await self.site.stop()
        (self.site.data / "running").touch()
        (self.site.served() / OWN).write_bytes(content[:1000])
        await self.site.start()
        await self.site.stop()
        self.assertTrue((self.site.data / "running").exists())
        await self.site.start()
        self.assertEqual(await self.site.get(OWN, AGENT), (200, content))
        await self.site.stop()
        self.assertFalse((self.site.data / "running").exists())

    async def test_the_first_start_leaves_a_token_and_a_master_tenant(self) -> None:
        token = self.site.data / "admin-token"
        self.assertEqual(token.stat().st_mode & 0o777, 0o600)
        rest = self.site.settings.rest_api.port
        status, body = await self.site.curl(
            "-H", f"X-Auth-Token: {token.read_text().strip()}", f"http://127.0.0.1:{rest}/0.2/status"
        )
        self.assertEqual((status, json.loads(body)["rest_api"]), (200, "ok"))
        self.assertNotIn(token.read_text().strip(), (self.site.data / "tokens.json").read_text())
        raw = self.site.parts.store.configs.get("base")["raw_config"]
        self.assertTrue(raw["ntp_enabled"] and raw["ntp_ip"])

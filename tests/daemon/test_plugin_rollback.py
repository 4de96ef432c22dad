"""
Upgrades that fail leave the former version as it was, and its phones with their files.
"""

from __future__ import annotations

import threading
from typing import Any

from tests.daemon.acme import AcmeTest, calls, contents, hooks, mac

FAILS: dict[str, dict[str, Any]] = {
    "entry.py can't be run": {"more": "\nraise ValueError('s3cret')\n"},
    "entry.py ends the process": {"more": "\nimport sys\nsys.exit()\n"},
    "entry.py raises what nobody catches": {"more": "\nraise BaseException\n"},
    "no class": {"more": "\nAcme.IS_PLUGIN = False\n"},
    "another interface": {"info": {"plugin_iface_version_min": 9}},
    "constructor": {"more": "\n    def __init__(self, *arguments):\n        raise ValueError('s3cret')\n"},
    "constructor ends the process": {
        "more": "\n    def __init__(self, *arguments):\n        raise KeyboardInterrupt\n"
    },
    "common files": {
        "more": "\n    def configure_common(self, raw_config):\n"
        "        self._write('common.cfg')\n"
        "        self._write('further.cfg')\n"
        "        raise ValueError('s3cret')\n"
    },
}


class Rollback(AcmeTest):
    async def _with_phones(self) -> None:
        await self.install("1")
        await self.add_devices(1, 2)
        self.assertEqual(await self.phone(), (200, b"1"))
        var = self.plugins / "acme" / "var"
        (var / "templates" / "base.tpl").write_text("custom")
        (var / "tftpboot" / "logo.bin").write_text("logo")

    async def test_whatever_fails_the_former_version_is_as_it_was(self) -> None:
        await self._with_phones()
        before, devices = contents(self.plugins), [self.device(1), self.device(2)]
        for what, options in FAILS.items():
            self.publish("2", **options)
            self.assertEqual(await self.do("upgrade"), "install|fail", what)
            self.assertEqual(contents(self.plugins), before, what)
            self.assertEqual([self.device(1), self.device(2)], devices, what)
            self.assertEqual(await self.status(), {"status": "ok", "loaded": ["acme"], "broken": {}}, what)
            self.assertEqual(await self.phone(), (200, b"1"), what)
        self.assertEqual(await self.site.get("common.cfg", self.agent()), (200, b"1"))
        self.publish("3")
        self.assertEqual(await self.do("upgrade"), "install|success")
        self.assertEqual(await self.phone(), (200, b"3"))

    async def test_what_cannot_be_run_at_all_costs_phones_nothing(self) -> None:
        await self._with_phones()
        calls.clear()
        for what in ("entry.py can't be run", "no class", "another interface"):
            self.publish("2", **FAILS[what])
            self.assertEqual(await self.do("upgrade"), "install|fail")
        self.assertEqual(calls, [])

    async def test_a_device_that_changes_in_the_meantime_gets_its_file(self) -> None:
        await self.install("1", blocking=True)
        await self.add_devices(1, 2)
        self.publish("2", blocking=True, **FAILS["constructor"])
        may_close = threading.Event()
        hooks["1 close"] = lambda: may_close.wait(10)
        location = await self.begin("upgrade")
        changed = {**self.device(1), "mac": mac(7)}
        while "acme" in self.site.parts.manager:
            await self.status()
        await self.site.parts.app.dev_update(changed)
        self.assertFalse(self.device(1)["configured"])
        may_close.set()
        self.assertEqual(await self.api.finished(location), "install|fail")
        self.assertTrue(self.device(1)["configured"])
        self.assertEqual(await self.phone(7), (200, b"1"))

    async def test_a_version_that_was_broken_stays_broken_in_its_own_way(self) -> None:
        await self.install("1")
        await self.add_devices(1)
        entry = self.plugins / "acme" / "entry.py"
        entry.write_text("raise ValueError('mine')")
        await self.api.post("/pg_mgr/reload", {"id": "acme"})
        self.flushLoggedErrors()
        before, status = contents(self.plugins), await self.status()
        self.publish("2", **FAILS["constructor"])
        self.assertEqual(await self.do("upgrade"), "install|fail")
        self.assertEqual(contents(self.plugins), before)
        self.assertEqual(await self.status(), status)
        self.publish("3")
        self.assertEqual(await self.do("upgrade"), "install|success")
        self.assertEqual(await self.phone(), (200, b"3"))


class FirstInstall(AcmeTest):
    async def test_a_plugin_that_cannot_be_loaded_stays_installed_and_is_told_of(self) -> None:
        await self.add_devices(1)
        self.publish("1", **FAILS["constructor"])
        self.assertEqual(await self.do("install"), "install|fail")
        self.assertEqual(list((await self.api.get("/pg_mgr/install/installed")).json["pkgs"]), ["acme"])
        status = await self.status()
        self.assertEqual((status["loaded"], list(status["broken"])), ([], ["acme"]))
        self.assertNotIn("s3cret", status["broken"]["acme"])
        self.assertFalse(self.device()["configured"])
        answer = await self.api.post("/pg_mgr/install/install", {"id": "acme"})
        self.assertEqual(answer.json["error_id"], "plugin-already-installed")

    async def test_one_without_its_common_files_is_loaded_all_the_same(self) -> None:
        await self.add_devices(1)
        self.publish("1", **FAILS["common files"])
        self.assertEqual(await self.do("install"), "install|fail")
        status = await self.status()
        self.assertEqual((status["loaded"], list(status["broken"])), (["acme"], ["acme"]))
        self.assertTrue(self.device()["configured"])
        self.assertEqual(await self.phone(), (200, b"1"))

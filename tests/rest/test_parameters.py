"""
Parameters over the API.
"""

from __future__ import annotations

import json
from typing import Any

from provd.pluginkit import localization
from tests.rest.api import Api
from tests.rest.case import AGENT, OWN, ApiCase

NAMES = ["plugin_server", "http_proxy", "ftp_proxy", "https_proxy", "locale", "NAT", "provisioning_key"]


class Parameters(ApiCase):
    PLUGINS: Any = []

    async def value(self, name: str, **headers: str) -> Any:
        return (await self.api.get(f"/configure/{name}", **headers)).json["param"]["value"]

    async def put(self, name: str, value: Any, **headers: str) -> int:
        return (await self.api.put(f"/configure/{name}", {"param": {"value": value}}, **headers)).status

    async def test_all_are_listed_in_order_and_in_the_locale_in_use(self) -> None:
        self.addCleanup(localization.set_locale, None)
        listed = (await self.api.get("/configure")).json["params"]
        self.assertEqual([parameter["id"] for parameter in listed], NAMES)
        self.assertEqual(
            listed[0]["links"], [{"rel": "srv.configure.param", "href": "/0.2/configure/plugin_server"}]
        )
        self.assertEqual(listed[0]["description"], "The URL of the plugin repository")
        self.assertEqual(await self.put("locale", "fr_CA"), 204)
        listed = (await self.api.get("/configure")).json["params"]
        self.assertEqual(
            (listed[0]["description"], listed[4]["value"]), ("L'URL du dépôt de plugins", "fr_CA")
        )

    async def test_what_is_set_counts_at_once_and_after_a_restart(self) -> None:
        self.addCleanup(localization.set_locale, None)
        values = {
            "plugin_server": "http://192.0.2.1/plugins/",
            "http_proxy": "http://me:pw@192.0.2.2:3128",
            "ftp_proxy": "http://192.0.2.2:3128",
            "https_proxy": "192.0.2.2:3128",
            "locale": "fr",
            "NAT": 1,
            "provisioning_key": "a-secret-key",
        }
        for name, value in values.items():
            self.assertEqual(await self.put(name, value), 204, name)
        parameters = self.site.parts.parameters
        self.assertEqual(parameters.proxies["http"], values["http_proxy"])
        self.assertEqual(self.site.parts.app.nat, 1)
        for _ in range(2):
            self.assertEqual({name: await self.value(name) for name in NAMES}, values)
            self.assertEqual(await self.value("provisioning_key", **{"Accent-Tenant": self.other}), None)
            await self.site.stop()
            await self.site.start()
            self.api = Api(self.site)
        saved = json.loads((self.site.data / "app.json").read_text())
        self.assertEqual(saved["tenants"], {self.master: {"provisioning_key": "a-secret-key"}})
        self.assertEqual((self.site.data / "app.json").stat().st_mode & 0o077, 0)
        for name in NAMES:
            self.assertEqual(await self.put(name, "" if name != "NAT" else None), 204)
        unset = {name: await self.value(name) for name in NAMES}
        self.assertEqual(unset, {**dict.fromkeys(NAMES), "NAT": 0})

    async def test_nat_is_taken_however_it_is_written(self) -> None:
        for value, nat in (
            ("1", 1),
            (0, 0),
            (True, 1),
            (False, 0),
            (1, 1),
            ("", 0),
            ("1", 1),
            (None, 0),
            ("0", 0),
        ):
            self.assertEqual((await self.put("NAT", value), await self.value("NAT")), (204, nat), value)

    async def test_what_cannot_be_a_value_is_refused_and_never_repeated(self) -> None:
        for name, value in (
            ("plugin_server", "nowhere"),
            ("plugin_server", 1),
            ("http_proxy", "http://me:s3cret@192.0.2.1/path"),
            ("https_proxy", "http://me:s3cret@192.0.2.1"),
            ("locale", "french"),
            ("NAT", 2),
            ("NAT", "yes"),
            ("NAT", 1.0),
            ("NAT", []),
            ("provisioning_key", "s3cret"),
            ("provisioning_key", "s3cret/s3cret"),
            ("provisioning_key", 12345678),
            ("provisioning_key", False),
            ("provisioning_key", {}),
        ):
            answer = await self.api.put(f"/configure/{name}", {"param": {"value": value}})
            self.refused(answer, 400, "invalid-parameter")
            self.assertNotIn("s3cret", answer.text)
        for body in ({}, {"param": 1}, {"param": {}}):
            self.refused(await self.api.put("/configure/NAT", body), 400, "invalid-body")

    async def test_there_are_no_others(self) -> None:
        for name in ("tenants", "other", "proxies"):
            self.refused(await self.api.get(f"/configure/{name}"), 404, "not-found")
            for value in ("x", None):
                self.assertEqual(await self.put(name, value), 404)

    async def test_each_tenant_has_a_key_of_its_own(self) -> None:
        one, two = {"Accent-Tenant": self.customer}, {"Wazo-Tenant": self.branch}
        self.assertEqual(await self.put("provisioning_key", "key-of-the-customer", **one), 204)
        self.assertEqual(await self.put("provisioning_key", "key-of-the-customer", **one), 204)
        self.assertEqual(await self.put("provisioning_key", "key-of-the-customer", **two), 400)
        self.assertEqual(await self.put("provisioning_key", None, **two), 204)
        self.assertEqual(await self.value("provisioning_key", **one), "key-of-the-customer")
        self.assertEqual(await self.value("provisioning_key", **two), None)

    async def test_the_access_names_the_tenant(self) -> None:
        somebody = await self.caller(self.customer, f"provd.configure.{self.customer}.locale.read")
        self.assertEqual((await somebody.get("/configure/locale")).status, 200)
        self.assertEqual((await somebody.get("/configure/NAT")).status, 401)
        below = {"Accent-Tenant": self.branch}
        self.assertEqual((await somebody.get("/configure/locale", **below)).status, 401)
        somebody = await self.caller(self.customer, "provd.configure.*.read")
        self.assertEqual((await somebody.get("/configure/locale")).status, 401)


class Keys(ApiCase):
    def general(self) -> dict[str, Any]:
        return {"http_auth_strategy": "url_key"}

    async def test_another_key_has_the_tenant_s_phones_configured_again(self) -> None:
        key = "key-of-the-master"
        await self.api.put("/configure/provisioning_key", {"param": {"value": key}})
        status, body = await self.site.get(f"{key}/{OWN}", AGENT)
        self.assertEqual(status, 200)
        self.assertIn(f"/{key}/".encode(), body)
        await self.api.put("/configure/provisioning_key", {"param": {"value": "another-key"}})
        self.assertEqual((await self.site.get(f"{key}/{OWN}", AGENT))[0], 404)
        self.assertIn(b"/another-key/", (self.site.served() / OWN).read_bytes())
        await self.api.put("/configure/provisioning_key", {"param": {"value": None}})
        self.assertFalse(self.site.device()["configured"])
        self.assertFalse((self.site.served() / OWN).exists())

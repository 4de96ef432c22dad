"""
plugin-api, 10.5: with keys in the URLs, a plugin sees requests as without them.
"""

from __future__ import annotations

from twisted.internet.defer import Deferred

from tests.contract.kit import ContractTest
from tests.rest.api import Api

KEY = "Winter-key~1"


class WithKeys(ContractTest):
    general = {"http_auth_strategy": "url_key"}
    entry = """
    def _http(self, path):
        service = Anchored(path)
        service.putChild(b'shows', Shows())
        return service

    def configure_common(self, raw_config):
        self.told = [raw_config['http_base_url']]

    def configure(self, device, raw_config):
        self.told.append(raw_config['http_base_url'])

class Anchored(HTTPNoListingFileService):
    def path_preprocess(self, request):
        match = re.match(r'^/(?:Brand/)?(.*)$', request.path.decode('ascii'))
        request.postpath = match.group(1).split('/')

class Shows(Resource):
    isLeaf = True

    def render_GET(self, request):
        ways = request.prepath, request.postpath
        return repr((request.path, request.uri, *ways, request.tenant_uuid)).encode('ascii')
"""

    def setUp(self) -> Deferred[None]:
        return super().setUp().addCallback(lambda _: Deferred.fromCoroutine(self.set_key()))

    async def set_key(self) -> None:
        answer = await Api(self.site).put("/configure/provisioning_key", {"param": {"value": KEY}})
        self.assertEqual(answer.status, 204, answer.text)

    async def test_the_key_is_taken_out_of_the_path_and_the_uri(self) -> None:
        path, uri, prepath, postpath, tenant = (await self.http(f"/{KEY}/shows/a%20b?x=y")).value
        self.assertEqual((path, uri), (b"/shows/a%20b", b"/shows/a%20b?x=y"))
        self.assertEqual((prepath, postpath), (["shows"], ["a%20b"]))
        self.assertEqual(tenant, self.site.parts.tenants.master)
        self.assertEqual(self.seen, [b"/shows/a%20b"])

    async def test_patterns_anchored_at_the_root_match(self) -> None:
        self.put("a.cfg")
        self.assertEqual((await self.http(f"/{KEY}/Brand/a.cfg")).body, b"hello")
        self.assertEqual((await self.http(f"/{KEY}/a.cfg")).body, b"hello")

    async def test_another_key_or_none_identifies_nobody(self) -> None:
        self.put("a.cfg")
        for path in ("/", "/a.cfg", "/other-key/a.cfg", f"//{KEY}/a.cfg"):
            self.assertEqual((await self.http(path)).status, 404, path)
        self.assertEqual((self.seen, self.site.devices()), ([], []))

    async def test_tftp_is_without_a_key(self) -> None:
        self.put("brand0200000000aa.cfg")
        self.assertEqual(await self.site.tftp("brand0200000000aa.cfg"), (0, b"hello"))

    async def test_the_base_url_of_devices_has_the_key_and_that_of_common_files_does_not(self) -> None:
        await self.http(f"/{KEY}/shows")
        common, own = self.plugin.told
        self.assertEqual(own.rpartition("/")[2], KEY)
        self.assertNotIn(KEY, common)
        self.assertFalse(common.endswith("/"))

"""
plugin-api, 10.1: services that rewrite the path before it is looked up.
"""

from __future__ import annotations

from tests.contract.kit import ContractTest


class ALeafWhosePathIsRewritten(ContractTest):
    entry = """
    def _http(self, path):
        return Leaf()

class Leaf(Resource):
    isLeaf = True

    def path_preprocess(self, request):
        self.before = request.prepath[:], request.postpath[:]
        request.path = request.path.replace(b'//', b'/')

    def render_GET(self, request):
        return repr((self.before, request.path, request.prepath, request.postpath)).encode('ascii')
"""

    async def test_it_has_the_first_segment_too(self) -> None:
        shown = (await self.http("//a/b%20c")).value
        segments: list[bytes] = [b"", b"a", b"b c"]
        self.assertEqual(shown, (([], segments), b"/a/b%20c", [], segments))


class AServiceThatRewritesThePath(ContractTest):
    entry = """
    def _http(self, path):
        return Rewriting(path)

class Rewriting(HTTPNoListingFileService):
    _PATH = re.compile(br'^/(?:Brand|brand%20phones)/+')

    def path_preprocess(self, request):
        self.asked = [*getattr(self, 'asked', []), request.postpath]
        request.path = self._PATH.sub(b'/', request.path)
        request.postpath = request.path.decode('ascii').lstrip('/').split('/')
"""

    async def test_the_look_up_goes_on_with_its_text_segments(self) -> None:
        self.put("sub/a.cfg")
        for path in ("/Brand/sub/a.cfg", "/brand%20phones//sub/a.cfg", "/sub/a.cfg"):
            answer = await self.http(path)
            self.assertEqual((answer.status, answer.body), (200, b"hello"), path)
        self.assertEqual((await self.http("/Brand/../../entry.py")).status, 404)
        self.assertEqual(self.plugin.http_service.asked[0], [b"Brand", b"sub", b"a.cfg"])
        self.assertEqual(len(self.plugin.http_service.asked), 4)

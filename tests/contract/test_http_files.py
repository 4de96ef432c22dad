"""
plugin-api, 10.4: a folder of files over HTTP, as it is and as plugins build on it.
"""

from __future__ import annotations

from pathlib import Path

from twisted.web import static

from provd.pluginkit.files import temporary_beside
from provd.servers.http import HTTPNoListingFileService
from tests.contract.kit import Answer, ContractTest


class AFolder(ContractTest):
    async def head(self, path: str, *options: str) -> Answer:
        return await self.http(path, "-I", "-o", "/dev/null", *options)

    async def test_types_are_those_of_the_extensions(self) -> None:
        for name, kind in {
            "a.cfg": "text/plain",
            "a.xml": ("text/xml", "application/xml"),
            "a.html": "text/html",
            "a.png": "image/png",
            "a.rom": "application/octet-stream",
            "a": "application/octet-stream",
        }.items():
            self.put(name)
            self.assertIn((await self.http(f"/{name}")).headers["content-type"], kind, name)

    async def test_head_tells_what_get_would(self) -> None:
        self.put("a.cfg")
        answer = await self.head("/a.cfg")
        self.assertEqual((answer.status, answer.headers["content-length"]), (200, "5"))
        self.assertEqual((await self.head("/none")).status, 404)

    async def test_a_part_can_be_asked_for(self) -> None:
        for size in (2000, (1 << 20) + 2000):
            content = bytes(range(200)) * (size // 200)
            self.put("a.rom", content)
            answer = await self.http("/a.rom", "-r", "100-299")
            self.assertEqual((answer.status, answer.body), (206, content[100:300]))
            self.assertEqual(answer.headers["content-range"], f"bytes 100-299/{len(content)}")
            self.assertEqual((await self.http("/a.rom", "-r", "-50")).body, content[-50:])
            beyond = await self.http("/a.rom", "-r", f"{len(content)}-")
            self.assertEqual(
                (beyond.status, beyond.headers["content-range"]), (416, f"bytes */{len(content)}")
            )

    async def test_who_has_it_already_gets_nothing(self) -> None:
        self.put("a.cfg")
        first = await self.http("/a.cfg")
        known = await self.http("/a.cfg", "-H", f"If-Modified-Since: {first.headers['last-modified']}")
        self.assertEqual((known.status, known.body), (304, b""))
        older = await self.http("/a.cfg", "-H", "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT")
        self.assertEqual((older.status, older.body), (200, b"hello"))

    async def test_folders_are_forbidden_and_never_listed(self) -> None:
        self.put("sub/secret.cfg")
        self.put("index.html")
        for path in ("/", "/sub", "/sub/", "//sub//"):
            answer = await self.http(path)
            self.assertEqual((answer.status, answer.body), (403, b"Forbidden\n"), path)

    async def test_nothing_else_is_found(self) -> None:
        self.put("a.cfg")
        folder = self.site.served("brand")
        (folder / "out").symlink_to("../../entry.py")
        (folder / "out-dir").symlink_to("../..")
        Path(temporary_beside(folder / "a.cfg")).write_bytes(b"half")
        (temporary,) = folder.glob(".provd-*")
        for path in (
            "/none",
            "/a.cfg/",
            "/../../entry.py",
            "/%2e%2e/%2e%2e/entry.py",
            "/..%2f..%2fentry.py",
            "/..%5c..%5centry.py",
            "//etc/passwd",
            "/%2fetc%2fpasswd",
            "/out",
            "/out-dir/entry.py",
            f"/{temporary.name}",
        ):
            self.assertEqual((await self.http(path)).status, 404, path)

    async def test_files_take_get_and_head_alone(self) -> None:
        self.put("a.cfg")
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"):
            answer = await self.http("/a.cfg", "-X", method)
            self.assertEqual((answer.status, answer.body), (405, b"Method Not Allowed\n"))
            self.assertEqual(set(answer.headers["allow"].split(", ")), {"GET", "HEAD"})


class ServicesBuiltOnIt(ContractTest):
    entry = """
    def _http(self, path):
        service = HTTPNoListingFileService(path)
        for name, kind in SERVICES.items():
            service.putChild(name, kind(path))
        service.putChild(b'data', static.Data(b'data', 'text/css'))
        service.putChild(b'plain', static.File(path))
        return service

from twisted.web import static
from twisted.web.resource import NoResource


class Picky(HTTPNoListingFileService):
    def __init__(self, path):
        HTTPNoListingFileService.__init__(self, path, 'text/x-brand')
        self.asked = 0

    def getChild(self, path, request):
        if path == b'made.cfg':
            return static.Data(b'made up', 'text/plain')
        if path.startswith(b'secret'):
            return NoResource()
        return HTTPNoListingFileService.getChild(self, path, request)


class OverGet(HTTPNoListingFileService):
    def render_GET(self, request):
        request.setHeader(b'X-Over', b'get')
        if not self.exists():
            return 'no ' + self.basename()
        return static.File.render_GET(self, request)


class OverAll(HTTPNoListingFileService):
    def render(self, request):
        if request.method == b'PUT':
            return b'taken'
        request.setHeader(b'X-Over', b'all')
        return super().render(request)


SERVICES = {b'picky': Picky, b'get': OverGet, b'all': OverAll}
"""

    async def test_it_is_a_static_file_of_twisted(self) -> None:
        self.assertIsInstance(self.plugin.http_service, static.File)
        self.assertTrue(issubclass(HTTPNoListingFileService, static.File))

    async def test_a_subclass_may_look_children_up_its_own_way(self) -> None:
        for name in ("a.z0z", "sub/a.z0z", "secret.cfg", "sub/secret.cfg"):
            self.put(name)
        for path, status, body in (
            ("/picky/made.cfg", 200, b"made up"),
            ("/picky/sub/made.cfg", 200, b"made up"),
            ("/picky/a.z0z", 200, b"hello"),
            ("/picky/sub/a.z0z", 200, b"hello"),
            ("/picky/sub", 403, b"Forbidden\n"),
            ("/picky/none", 404, b"Not Found\n"),
        ):
            answer = await self.http(path)
            self.assertEqual((answer.status, answer.body), (status, body), path)
        for path in ("/picky/secret.cfg", "/picky/sub/secret.cfg"):
            self.assertEqual((await self.http(path)).status, 404, path)
        self.assertEqual((await self.http("/picky/sub/a.z0z")).headers["content-type"], "text/x-brand")

    async def test_a_subclass_may_render_its_own_way(self) -> None:
        self.put("sub/a.cfg")
        answer = await self.http("/get/sub/a.cfg")
        self.assertEqual((answer.body, answer.headers["x-over"]), (b"hello", "get"))
        self.assertEqual((await self.http("/get/none.cfg")).body, b"no none.cfg")
        self.assertEqual(
            (await self.http("/get/sub/a.cfg", "-I", "-o", "/dev/null")).headers["x-over"], "get"
        )
        answer = await self.http("/all/sub/a.cfg")
        self.assertEqual((answer.body, answer.headers["x-over"]), (b"hello", "all"))
        self.assertEqual((await self.http("/all/sub/a.cfg", "-X", "PUT")).body, b"taken")
        self.assertEqual((await self.http("/all/sub/a.cfg", "-X", "POST")).status, 405)

    async def test_resources_of_twisted_stand_beside_files(self) -> None:
        self.put("a.cfg")
        answer = await self.http("/data")
        self.assertEqual((answer.body, answer.headers["content-type"]), (b"data", "text/css"))
        self.assertEqual((await self.http("/plain/a.cfg")).body, b"hello")
        self.assertEqual((await self.http("/plain/none")).status, 404)

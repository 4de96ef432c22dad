"""
plugin-api, 10.2 and 10.3: which resource a request reaches, and what it may ask of the request.
"""

from __future__ import annotations

from tests.contract.kit import PHONE, ContractTest

RESOURCES = """
    def _http(self, path):
        service = HTTPNoListingFileService(path)
        for name, resource in RESOURCES.items():
            service.putChild(name, resource)
        return service


class Shows(Resource):
    isLeaf = True

    def render_GET(self, request):
        return repr({
            'path': request.path,
            'args': dict(request.args),
            'ways': (request.prepath, request.postpath),
            'method': request.method,
            'agents': [request.getHeader(n) for n in (b'User-Agent', b'USER-agent', 'user-agent')],
            'absent': [request.getHeader(n) for n in (b'X-Absent', 'X-Absent')],
            'address': request.getClientIP(),
            'device': request.prov_dev,
            'others': (request.tenant_uuid, request.num_http_proxies),
        }).encode('ascii')


class Mac(Resource):
    isLeaf = True

    def render_GET(self, request):
        asked = request.args.get(b'mac', [None])[0], request.args.get('mac', [None])[0], 'mac' in request.args
        return repr(asked).encode('ascii')


class Spoils(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.prov_dev['mac'] = 'spoiled'
        request.prov_dev['options'] = {'switchboard': True}
        return b''


class Text(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b'Content-Type', b'text/xml; charset=utf-8')
        return '<caf\\u00e9/>'


class Form(Resource):
    isLeaf = True

    def render_POST(self, request):
        request.setResponseCode(202)
        request.setHeader(b'X-Serial', request.args[b'serial'][0])
        return repr(dict(request.args)).encode('ascii')


class Upload(Resource):
    isLeaf = True

    def render_PUT(self, request):
        return b'%d bytes' % len(request.content.read())


class FromThread(Resource):
    isLeaf = True

    def render_GET(self, request):
        def done(result):
            request.write(result)
            request.finish()
        threads.deferToThread(lambda: b'computed').addCallback(done)
        return server.NOT_DONE_YET


class CallsBack(Resource):
    isLeaf = True

    def render_GET(self, request):
        def work():
            reactor.callFromThread(request.write, b'called ')
            reactor.callFromThread(request.write, b'back')
            reactor.callFromThread(request.finish)
        reactor.callInThread(work)
        return server.NOT_DONE_YET


class Fails(Resource):
    isLeaf = True

    def render_GET(self, request):
        defer.fail(ValueError('s3cret')).addErrback(request.processingFailed).addErrback(lambda _: None)
        return server.NOT_DONE_YET


class Login(Resource):
    isLeaf = True

    def render_GET(self, request):
        if (request.getUser(), request.getPassword()) != (b'admin', b'456'):
            request.setResponseCode(401)
            request.setHeader(b'WWW-Authenticate', b'Basic realm="phones"')
            return b'who?'
        return b'welcome'


class Root(Resource):
    def render_GET(self, request):
        return b'root'

    def getChild(self, path, request):
        return Named(path)


class Named(Resource):
    def __init__(self, name):
        Resource.__init__(self)
        self._name = name

    def render_GET(self, request):
        return b'named ' + self._name


RESOURCES = {
    b'shows': Shows(), b'mac': Mac(), b'spoils': Spoils(), b'text': Text(), b'form': Form(),
    b'upload': Upload(), b'thread': FromThread(), b'back': CallsBack(), b'fails': Fails(),
    b'login': Login(), b'tree': Root(), b'': Text(),
}
RESOURCES[b'tree'].putChild(b'leaf', Shows())
"""


class WhatAResourceSees(ContractTest):
    entry = RESOURCES

    async def test_path_arguments_headers_address_and_device(self) -> None:
        shown = (await self.http("/shows/a/b%20c?mac=1&x=&mac=2", "-H", "X-Other: 1")).value
        self.assertEqual(shown["path"], b"/shows/a/b%20c")
        self.assertEqual(shown["args"], {b"mac": [b"1", b"2"], b"x": [b""]})
        self.assertEqual(shown["ways"], ([b"shows"], [b"a", b"b c"]))
        self.assertEqual(shown["method"], b"GET")
        self.assertEqual(shown["agents"], [PHONE.encode(), PHONE.encode(), PHONE])
        self.assertEqual(shown["absent"], [None, None])
        self.assertEqual(shown["address"], "127.0.0.1")
        self.assertEqual(shown["device"], self.site.device())
        self.assertEqual(shown["others"], (None, 0))
        self.assertEqual(self.seen, [b"/shows/a/b%20c"])

    async def test_arguments_answer_to_bytes_and_to_text(self) -> None:
        self.assertEqual((await self.http("/mac?mac=1")).value, (b"1", b"1", True))
        self.assertEqual((await self.http("/mac?other=1")).value, (None, None, False))

    async def test_a_device_that_a_resource_changes_stays_as_it_is_on_record(self) -> None:
        await self.http("/text")
        before = self.site.device()
        self.assertEqual((await self.http("/spoils")).status, 200)
        self.assertEqual(self.site.device(), before)
        self.assertEqual((await self.http("/shows")).value["device"], before)


class WhatAResourceAnswers(ContractTest):
    entry = RESOURCES

    async def test_text_is_sent_as_utf_8(self) -> None:
        answer = await self.http("/text")
        self.assertEqual((answer.status, answer.body), (200, "<café/>".encode()))
        self.assertEqual(answer.headers["content-type"], "text/xml; charset=utf-8")
        self.assertEqual(answer.headers["content-length"], "8")

    async def test_head_is_answered_by_render_get(self) -> None:
        answer = await self.http("/text", "-I", "-o", "/dev/null")
        self.assertEqual((answer.status, answer.headers["content-length"]), (200, "8"))

    async def test_fields_of_forms_are_among_the_arguments(self) -> None:
        for options in (("-d", "serial=42&x="), ("-F", "serial=42", "-F", "x=")):
            answer = await self.http("/form?q=1", *options)
            self.assertEqual((answer.status, answer.headers["x-serial"]), (202, "42"))
            self.assertEqual(answer.value, {b"q": [b"1"], b"serial": [b"42"], b"x": [b""]})

    async def test_other_methods_are_refused_with_those_that_are_not(self) -> None:
        answer = await self.http("/form")
        self.assertEqual((answer.status, answer.body), (405, b"Method Not Allowed\n"))
        self.assertIn("POST", answer.headers["allow"])

    async def test_a_body_can_be_read(self) -> None:
        self.put("log", bytes(300_000))
        source = str(self.site.served("brand") / "log")
        self.assertEqual((await self.http("/upload", "-T", source)).body, b"300000 bytes")
        chunked = await self.http("/upload", "-T", source, "-H", "Transfer-Encoding: chunked")
        self.assertEqual(chunked.body, b"300000 bytes")

    async def test_the_answer_may_come_later_from_a_thread(self) -> None:
        self.assertEqual((await self.http("/thread")).body, b"computed")
        self.assertEqual((await self.http("/back")).body, b"called back")

    async def test_a_late_failure_gives_a_short_page(self) -> None:
        answer = await self.http("/fails")
        self.assertEqual((answer.status, answer.body), (500, b"Internal Server Error\n"))

    async def test_a_password_may_be_asked_for(self) -> None:
        answer = await self.http("/login")
        self.assertEqual((answer.status, answer.body), (401, b"who?"))
        self.assertEqual(answer.headers["www-authenticate"], 'Basic realm="phones"')
        self.assertEqual((await self.http("/login", "-u", "admin:456")).body, b"welcome")


class WhichResourceAnswers(ContractTest):
    entry = RESOURCES

    async def test_children_that_were_put_or_are_made_when_asked_for(self) -> None:
        self.put("a.cfg")
        self.put("text")
        for path, body in {
            "/a.cfg": b"hello",
            "/": "<café/>".encode(),
            "/text": "<café/>".encode(),
            "/tree": b"root",
            "/tree/any": b"named any",
        }.items():
            self.assertEqual((await self.http(path)).body, body, path)
        self.assertEqual((await self.http("/tree/leaf/x")).value["ways"], ([b"tree", b"leaf"], [b"x"]))
        self.assertEqual((await self.http("/tree/any/below")).status, 404)

    async def test_a_service_that_is_taken_away_answers_nothing(self) -> None:
        self.plugin.http_service = None
        self.assertEqual((await self.http("/text")).status, 404)

    async def test_nobody_answers_who_tells_nothing(self) -> None:
        self.assertEqual((await self.http("/text", agent="Mozilla/5.0")).status, 404)


class BehindProxies(ContractTest):
    entry = RESOURCES
    general = {"http_proxied_trusted_proxies_count": 2}

    async def test_the_phone_is_the_nth_from_the_right(self) -> None:
        for forwarded, address in (
            ("198.51.100.1, 203.0.113.7, 192.0.2.1", "203.0.113.7"),
            ("203.0.113.8", "203.0.113.8"),
        ):
            shown = (await self.http("/shows", "-H", f"X-Forwarded-For: {forwarded}")).value
            self.assertEqual((shown["address"], shown["others"]), ("127.0.0.1", (None, 2)))
            self.assertEqual(self.site.device()["ip"], address)

    async def test_without_an_address_the_request_fails(self) -> None:
        self.assertEqual((await self.http("/shows")).status, 400)
        self.assertEqual((self.seen, self.site.devices()), ([], []))

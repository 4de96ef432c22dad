"""
plugin-api, 4: the resources that wrap another, for plugins of which none is published.
"""

from __future__ import annotations

from tests.contract.kit import ContractTest
from tests.logged import logged


class Hooks(ContractTest):
    entry = """
    def _http(self, path):
        files = HTTPNoListingFileService(path)
        files.putChild(b'sync', Hook(HTTPNoListingFileService(path)))
        files.putChild(b'async', AsyncHook(HTTPNoListingFileService(path)))
        return HTTPLogService(logger.info, BaseHTTPHookService(files))

import logging

try:
    from wazo_provd.servers.http import (
        BaseHTTPHookService, HTTPAsyncHookService, HTTPHookService, HTTPLogService,
    )
except ImportError:
    from provd.servers.http import (
        BaseHTTPHookService, HTTPAsyncHookService, HTTPHookService, HTTPLogService,
    )

logger = logging.getLogger('plugin.brand')


class Hook(HTTPHookService):
    def __init__(self, service):
        HTTPHookService.__init__(self, service)
        self.seen = []

    def _pre_handle(self, path, request):
        request.setHeader(b'X-Hook', b'sync ' + path)


class AsyncHook(HTTPAsyncHookService):
    def _pre_handle(self, path, request):
        d = defer.Deferred()
        reactor.callLater(0, d.callback, None)
        d.addCallback(lambda _: request.setHeader(b'X-Hook', b'async ' + path))
        return d
"""

    async def test_each_sees_a_request_before_the_service_behind_it_answers(self) -> None:
        self.put("a.cfg")
        self.put("sub/b.cfg")
        for path, hook in (("sync", "sync"), ("async", "async")):
            answer = await self.http(f"/{path}/a.cfg")
            self.assertEqual((answer.body, answer.headers["x-hook"]), (b"hello", f"{hook} a.cfg"))
            answer = await self.http(f"/{path}/sub/b.cfg")
            self.assertEqual((answer.body, answer.headers["x-hook"]), (b"hello", f"{hook} sub"))
            self.assertEqual((await self.http(f"/{path}/none")).status, 404)

    async def test_what_is_wrapped_answers_as_before(self) -> None:
        self.put("sub/b.cfg")
        self.assertEqual((await self.http("/sub/b.cfg")).body, b"hello")
        self.assertEqual((await self.http("/sub")).status, 403)
        self.assertEqual((await self.http("/sub/b.cfg", "-X", "POST")).status, 405)

    async def test_the_log_service_logs_each_request_without_its_query(self) -> None:
        with self.assertLogs("plugin.brand", "INFO") as lines, logged():
            await self.http("/a%0a.cfg?password=s3cret")
        (record,) = lines.records
        self.assertEqual(record.getMessage(), "HTTP request from 127.0.0.1: b'GET' b'/a%0a.cfg'")

"""
Every HTTP request of a phone: identify the phone, then hand the request to its plugin.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import perf_counter, time
from typing import Any

from twisted.python.failure import Failure
from twisted.web import http
from twisted.web.resource import Resource, getChildForRequest
from twisted.web.server import NOT_DONE_YET

from provd.app.fetches import Fetch, Fetches
from provd.app.phoneurls import PhoneURLs
from provd.app.sensitive import SensitiveFiles
from provd.app.suspicion import Suspicion
from provd.app.tenants import Tenants
from provd.guard import MISTAKES, Misbehavior, attribute, contained, dropped, kind_of
from provd.identification.pipeline import NOBODY, Found, Pipeline, Visit
from provd.identification.requests import RequestType, asked_path, base_name, user_agent
from provd.identification.trace import Trace, Traces
from provd.pluginhost.manager import PluginManager
from provd.securitylog import SecurityLog
from provd.waiting import run_unawaited

from .answers import refuse
from .clients import UnknownClient, phone_address
from .keys import take_key, tried_key
from .site import Request

_FETCHED = (http.OK, http.PARTIAL_CONTENT, http.NOT_MODIFIED)


class PhoneGateway(Resource):
    """
    The root of the phones' site: a leaf, so that finding the plugin may wait.

    :param fetches: is told what phones fetch that were asked to.
    :param folder: where plugins are installed, each in a folder named by its id.
    :param with_keys: whether each path begins with a tenant's provisioning key.
    """

    isLeaf = True

    def __init__(
        self,
        pipeline: Pipeline,
        plugins: PluginManager,
        tenants: Tenants,
        urls: PhoneURLs,
        traces: Traces,
        security: SecurityLog,
        suspicion: Suspicion,
        fetches: Fetches,
        folder: Path,
        with_keys: bool = False,
    ) -> None:
        super().__init__()
        self.trusted_proxies = 0
        self.accel_prefix: str | None = None
        self._folder = folder
        self._pipeline = pipeline
        self._plugins = plugins
        self._guard = plugins.guard("HTTP service")
        self._sensitive = SensitiveFiles(plugins)
        self._tenants = tenants
        self._urls = urls
        self._traces = traces
        self._security = security
        self._suspicion = suspicion
        self._fetches = fetches
        self._with_keys = with_keys
        self._ways: dict[tuple[str | None, str | None, bool, bool], str | None] = {}
        self._ways_until = 0.0

    def render(self, request: Request) -> int:
        request.responseHeaders.setRawHeaders(b"server", [b"accent-provd"])
        run_unawaited(self._answer(request))
        return NOT_DONE_YET

    async def _answer(self, request: Request) -> None:
        started = perf_counter()
        try:
            kind = RequestType.HTTP
            client = request.client_address = self._phone_address(request)
            request.num_http_proxies = self.trusted_proxies
            has_key = client is not None and (not self._with_keys or self._take_key(request, client))
            hidden = self._with_keys and not has_key  # the path may hold a key, or nearly one
            path = "" if hidden else asked_path(request, kind)
            trace = self._traces.begin(time(), kind.value, client, path, user_agent(request, kind))
            request.when_done(lambda request: self._done(request, trace, started))
            if client is None or not has_key:
                refuse(request, http.BAD_REQUEST if client is None else http.NOT_FOUND)
                return
            visit = Visit(self._way(request, started), request.tenant_uuid)
            found = await self._pipeline.process(request, kind, trace, visit)
            if not request.gone:
                self._route(request, found, client, trace)
        except MISTAKES:
            request.processingFailed(Failure())

    def _phone_address(self, request: Request) -> str | None:
        try:
            return phone_address(request, self.trusted_proxies)
        except UnknownClient:
            return None

    def _take_key(self, request: Request, client: str) -> bool:
        request.tenant_uuid = take_key(request, self._tenants)
        if request.tenant_uuid is None:
            self._security.wrong_provisioning_key(client, tried_key(request))
        return request.tenant_uuid is not None

    def _way(self, request: Request, now: float) -> str | None:
        """
        Return the URL by which the request reached this server; worked out once for each way and minute, as
        this machine's addresses may change.
        """
        headers = request.requestHeaders
        hosts = headers.getRawHeaders(b"host")
        host = hosts[0].decode("ascii", "replace")[:80] if hosts else None
        secure = (
            self.trusted_proxies > 0 and headers.getRawHeaders(b"x-forwarded-proto", [b""])[-1] == b"https"
        )
        way = (getattr(request.getHost(), "host", None), host, self.trusted_proxies > 0, secure)
        if now > self._ways_until or len(self._ways) >= 1000:
            self._ways_until = now + 60
            self._ways.clear()
        try:
            return self._ways[way]
        except KeyError:
            url = self._ways[way] = self._urls.reached(*way)
            return url

    def _route(self, request: Request, found: Found, client: str, trace: Trace) -> None:
        name = base_name(request, RequestType.HTTP)
        is_sensitive = found.plugin_id is not None and self._sensitive.has(found.plugin_id, name)
        if found.foreign:
            self._security.wrong_provisioning_key(client)
        if found is NOBODY:
            self._security.unidentified_request(client, name, is_proven=True)
        else:
            self._suspicion.http(client, name, found.device, trace, is_sensitive)
        plugin = self._plugins.get(found.plugin_id)
        if plugin is None or found.plugin_id is None:
            refuse(request, http.NOT_FOUND)
            return
        request.blame = partial(self._guard.failed, found.plugin_id)
        service = attribute(plugin, "http_service")
        if service is None:
            refuse(request, http.NOT_FOUND)
            return
        request.prov_dev = found.device
        if request.method == b"GET":
            request.fetch = self._fetches.begun(found.device, name)
            if request.fetch is not None:
                request.copy_to(request.fetch.sent)
        if self.accel_prefix is not None and self.trusted_proxies:
            served = f"{self._folder}/{found.plugin_id}/var/tftpboot"
            request.accel = f"{self.accel_prefix}/{found.plugin_id}", served
        if is_sensitive:
            self._security.sensitive_file(client, name)
        with self._guard.timed(found.plugin_id):
            contained(_serve, service, request)

    def _done(self, request: Request, trace: Trace, started: float) -> None:
        trace.status = request.code if request.startedWriting else None
        trace.bytes = request.sentLength
        trace.milliseconds = (perf_counter() - started) * 1000
        self._traces.keep(trace)
        if request.fetch is not None and trace.status in _FETCHED:
            _follow(request, request.fetch)


def _follow(request: Request, fetch: Fetch) -> None:
    fetch.begun()
    if request.code == http.NOT_MODIFIED:
        fetch.is_known(request.served_path)
    elif not request.gone:
        fetch.complete(request.served_path)


def _serve(service: Any, request: Request) -> None:
    preprocess = getattr(service, "path_preprocess", None)
    if preprocess is not None:
        answer = preprocess(request)
        if hasattr(answer, "__await__"):
            dropped(answer)
            raise Misbehavior(f"returned {kind_of(answer)} where a path is to be rewritten at once")
    request.render(getChildForRequest(service, request))

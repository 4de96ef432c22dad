"""
Every TFTP request of a phone: identify the phone, then hand the request to its plugin.
"""

from __future__ import annotations

from functools import partial
from time import perf_counter, time
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from provd.app.fetches import Fetch, Fetches
from provd.app.phoneurls import PhoneURLs
from provd.app.sensitive import SensitiveFiles
from provd.app.suspicion import Suspicion
from provd.guard import MISTAKES, attribute, contained
from provd.identification.pipeline import NOBODY, Pipeline, Visit
from provd.identification.requests import RequestType, asked_path, base_name
from provd.identification.trace import Trace, Traces
from provd.pluginhost.manager import PluginManager
from provd.securitylog import SecurityLog
from provd.waiting import is_awaitable, run_unawaited, settled

from .requests import Response, TFTPRequest
from .wire import ERR_ACCESS, ERR_FNF, ERR_UNDEF

_NOT_FOUND = "File not found"


class TFTPDispatch:
    """
    The root of the TFTP server: answers through the plugin of the device that asks.

    :param fetches: is told what phones fetch that were asked to.
    :param hide_sensitive: whether files that their plugin calls sensitive are refused, as where phones need a
        provisioning key over HTTP and TFTP would be the way round it.
    """

    _log = Logger()

    def __init__(
        self,
        pipeline: Pipeline,
        plugins: PluginManager,
        urls: PhoneURLs,
        traces: Traces,
        security: SecurityLog,
        suspicion: Suspicion,
        fetches: Fetches,
        hide_sensitive: bool = False,
    ) -> None:
        self.hide_sensitive = hide_sensitive
        self._pipeline = pipeline
        self._plugins = plugins
        self._guard = plugins.guard("TFTP service")
        self._sensitive = SensitiveFiles(plugins)
        self._urls = urls
        self._traces = traces
        self._security = security
        self._suspicion = suspicion
        self._fetches = fetches

    def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
        """
        Answer a request, once its device is known.
        """
        kind = RequestType.TFTP
        started = perf_counter()
        trace = self._traces.begin(time(), kind.value, request["address"][0], asked_path(request, kind), None)

        def answered(status: int | str) -> None:
            trace.status = status
            trace.milliseconds = (perf_counter() - started) * 1000
            self._traces.keep(trace)

        def ended(sent: int, seconds: float, ok: bool) -> None:
            trace.bytes = sent
            trace.milliseconds = seconds * 1000

        response.on_first(answered)
        response.on_end(ended)
        run_unawaited(self._answer(request, response, trace))

    async def _answer(self, request: TFTPRequest, response: Response, trace: Trace) -> None:
        client = request["address"][0]
        answering: str | None = None
        try:
            url = self._urls.reached(request["local_address"], None, proxied=False, secure=False)
            visit = Visit(url, is_refused=self._is_refused)
            found = await self._pipeline.process(request, RequestType.TFTP, trace, visit)
            name = base_name(request, RequestType.TFTP)
            if found is NOBODY:
                self._security.unidentified_request(client, name)
            plugin = self._plugins.get(found.plugin_id)
            if plugin is None or found.plugin_id is None:
                response.reject(ERR_FNF, _NOT_FOUND)
                return
            answering = found.plugin_id
            response.blame = partial(self._guard.failed, answering)
            service = attribute(plugin, "tftp_service")
            if service is None:
                response.reject(ERR_FNF, _NOT_FOUND)
                return
            request["prov_dev"] = found.device

            def ended(_sent: int, _seconds: float, ok: bool) -> None:
                if ok:
                    self._suspicion.tftp(client, name, found.device, trace)

            response.on_end(ended)
            if self._sensitive.has(answering, name):
                self._security.sensitive_file(client, name)
                if self.hide_sensitive:
                    response.reject(ERR_ACCESS, "Access violation")
                    return
            fetch = self._fetches.begun(found.device, name)
            if fetch is not None:
                _follow(response, fetch)
            with self._guard.timed(answering):
                answer = contained(service.handle_read_request, request, response)
            if is_awaitable(answer):  # over the contract, and easily written
                Deferred.fromCoroutine(self._awaited(answering, answer, response))
        except MISTAKES as error:
            if answering is None:
                self._log.failure("a phone's request failed", stranger=client)
            self._failed(answering, error, response)

    def _is_refused(self, plugin_id: str, name: str) -> bool:
        return self.hide_sensitive and self._sensitive.has(plugin_id, name)

    async def _awaited(self, plugin_id: str, answer: Any, response: Response) -> None:
        try:
            await settled(answer)
        except MISTAKES as error:
            self._failed(plugin_id, error, response)

    def _failed(self, plugin_id: str | None, error: BaseException, response: Response) -> None:
        if plugin_id is not None:
            self._guard.failed(plugin_id, error)
        if not response.answered:
            response.reject(ERR_UNDEF, "Internal error")


def _follow(response: Response, fetch: Fetch) -> None:
    def begun(status: int | str) -> None:
        if status == "ok":
            fetch.begun()

    def ended(_sent: int, _seconds: float, ok: bool) -> None:
        if ok:
            fetch.complete(response.served_path)

    response.copy = fetch.sent
    response.on_first(begun)
    response.on_end(ended)

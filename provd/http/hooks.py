"""
Resources that let a plugin look at each request before another of its resources answers it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web.resource import Resource, getChildForRequest
from twisted.web.server import NOT_DONE_YET

from provd.guard import MISTAKES
from provd.waiting import settled

__all__ = ["BaseHTTPHookService", "HTTPAsyncHookService", "HTTPHookService", "HTTPLogService"]


class BaseHTTPHookService(Resource):
    """
    Passes requests on as they came, whether the service behind it is a leaf or looks for children.

    :param service: the resource that answers.
    """

    def __init__(self, service: Any) -> None:
        super().__init__()
        self._service = service

    def path_preprocess(self, request: Any) -> None:
        """
        Let the service behind rewrite the path, if it does.
        """
        preprocess = getattr(self._service, "path_preprocess", None)
        if preprocess is not None:
            preprocess(request)

    def getChildWithDefault(self, path: Any, request: Any) -> Any:
        """
        Return what goes on with the look-up of the path, whose first segment is put back.
        """
        request.prepath.pop()
        request.postpath.insert(0, path)
        return self._next(path, request)

    def render(self, request: Any) -> Any:
        """
        Answer where the path ends here, below another resource of the plugin.
        """
        return self._next(b"", request).render(request)

    def _next(self, path: Any, request: Any) -> Any:
        return self._service


class HTTPHookService(BaseHTTPHookService):
    """
    Subclasses override ``_pre_handle`` to see, or change, each request before.
    """

    def _next(self, path: Any, request: Any) -> Any:
        self._pre_handle(path, request)
        return self._service

    def _pre_handle(self, path: Any, request: Any) -> Any:
        """
        Called with each request.

        :param path: the first of the segments that are left, which ``request.postpath`` has as well.
        """


class HTTPAsyncHookService(HTTPHookService):
    """
    Waits for what ``_pre_handle`` returns, a Deferred for instance, before it passes the request on.
    """

    def _next(self, path: Any, request: Any) -> Any:
        return _Waiting(self._pre_handle, path, self._service)


class _Waiting(Resource):
    isLeaf = True

    def __init__(self, hook: Callable[[Any, Any], Any], path: Any, service: Any) -> None:
        super().__init__()
        self._hook = hook
        self._path = path
        self._service = service

    def render(self, request: Any) -> int:
        request.notifyFinish().addErrback(self._hung_up)
        Deferred.fromCoroutine(self._answer(request))
        return NOT_DONE_YET

    def _hung_up(self, reason: Failure) -> None:
        self._service = None

    async def _answer(self, request: Any) -> None:
        try:
            await settled(self._hook(self._path, request))
            if self._service is not None:
                request.render(getChildForRequest(self._service, request))
        except MISTAKES:
            request.processingFailed(Failure())


class HTTPLogService(HTTPHookService):
    """
    Logs each request, with its path escaped and without the query.

    :param logger: a ``logging.Logger``, or a callable that takes the message.
    """

    def __init__(self, logger: Any, service: Any) -> None:
        super().__init__(service)
        self._log: Callable[[str], object] = logger if callable(logger) else logger.info

    def _pre_handle(self, path: Any, request: Any) -> None:
        address = getattr(request, "client_address", None) or request.getClientIP()
        self._log(f"HTTP request from {address}: {request.method!r} {request.path!r}")

"""
What every handler of the REST API shares: the caller, JSON out, errors, ``async def`` methods.
"""

from __future__ import annotations

import inspect
import json
import time
from typing import Any

from cyclone.web import HTTPAuthenticationRequired, HTTPError, RequestHandler
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from provd.errors import ProvdError

from .access import Access, Refused

MEDIA_TYPE = "application/vnd.accent.provd+json"
log = Logger()
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Origin, X-Requested-With, Accept, Content-Type, X-Auth-Token, "
    "Accent-Tenant, Wazo-Tenant",
    "Access-Control-Allow-Credentials": "false",
    "Access-Control-Expose-Headers": "Location",
}
_ERROR_IDS = {401: "unauthorized", 404: "not-found", 405: "method-not-allowed"}


class Handler(RequestHandler):
    """
    A resource of the API.  A subclass names the access that each method requires in ``required``.

    :param access: checks callers.
    """

    #: HTTP method to access string; a method that isn't named answers 405.
    required: dict[str, str] = {}

    def initialize(self, access: Access, **parts: Any) -> None:
        self._access = access
        self.parts = parts

    def prepare(self) -> None:
        """
        Check the caller before anything else is looked at.
        """
        self.clear_header("Server")
        for name, value in _CORS.items():
            self.set_header(name, value)
        if self.request.method == "OPTIONS":
            return
        method = "GET" if self.request.method == "HEAD" else self.request.method
        self._access.check(self.request.headers.get("X-Auth-Token"), self.required.get(method))
        if method not in self.required:
            raise HTTPError(405)

    def options(self, *_: str) -> None:
        self.clear_header("Content-Type")
        self.set_status(200)

    def compute_etag(self) -> None:
        """
        No entity tags: each would be worked out from the whole body, and no client asks for them.
        """

    def head(self, *arguments: str) -> Any:
        return self.get(*arguments)

    def answer(self, body: dict[str, Any], status: int = 200) -> None:
        """
        Answer with a JSON object.
        """
        self._write_json(status, MEDIA_TYPE, body)

    def _write_json(self, status: int, media_type: str, body: dict[str, Any]) -> None:
        self.set_status(status)
        self.set_header("Content-Type", media_type)
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        self.set_header("Content-Length", str(len(text)))
        self.write(b"" if self.request.method == "HEAD" else text)

    def _deferred_handler(self, function: Any, *arguments: Any, **keywords: Any) -> Any:
        # Cyclone alone drops a coroutine and answers 200 with nothing.
        if inspect.iscoroutinefunction(function):
            return Deferred.fromCoroutine(function(*arguments, **keywords))
        return super()._deferred_handler(function, *arguments, **keywords)

    def _handle_request_exception(self, error: Any) -> Any:
        if isinstance(error, Failure):
            error = error.value
        status, error_id, message = _as_answer(error)
        if status == 500:
            log.failure("a request of the API failed", Failure(error))
        if self._headers_written:
            self.request.connection.transport.loseConnection()
            return None
        self._answer_error(status, error_id, message)
        return None

    def _answer_error(self, status: int, error_id: str, message: str) -> None:
        if status == 405:
            self.set_header("Allow", ", ".join([*sorted({*self.required, *self._heads()}), "OPTIONS"]))
        body = {"message": message, "error_id": error_id, "details": {}, "timestamp": time.time()}
        self._write_json(status, "application/json", body)
        self.finish()

    def _heads(self) -> set[str]:
        return {"HEAD"} if "GET" in self.required else set()


class UnknownResource(Handler):
    """
    Whatever the API doesn't have: 401 without a good token, else 404.
    """

    def prepare(self) -> None:
        for name, value in _CORS.items():
            self.set_header(name, value)
        if self.request.method == "OPTIONS":
            return
        self._access.check(self.request.headers.get("X-Auth-Token"), None)
        raise HTTPError(404)


def _as_answer(error: BaseException) -> tuple[int, str, str]:
    if isinstance(error, Refused):
        return error.http_status, error.error_id, str(error)
    if isinstance(error, ProvdError) and error.http_status != 500:
        return error.http_status, error.error_id, str(error)
    if isinstance(error, HTTPError) and not isinstance(error, HTTPAuthenticationRequired):
        status = error.status_code
        names = {404: "No such resource", 405: "Method not allowed"}
        return status, _ERROR_IDS.get(status, "invalid-body"), names.get(status, "Bad request")
    return 500, "internal-error", "Internal error"

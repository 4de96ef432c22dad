"""
What every handler of the REST API shares: the caller, JSON in and out, errors, ``async def`` methods.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from cyclone.web import HTTPError, RequestHandler
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from provd.addresses import norm_uuid
from provd.errors import ProvdError
from provd.waiting import settled

from . import jsontext, media
from .access import Access, Caller
from .failures import CORS, BadBody, told
from .routes import Route

__all__ = ["Handler", "UnknownResource"]

log = Logger()


class _Anything:
    def __contains__(self, _thing: object) -> bool:
        return True


class Handler(RequestHandler):
    """
    A resource of the API.

    What can be wrong with a request is told in this order: 401, 405, 404 (the resource), 415 or 406, then 400
    and whatever else the handler finds.

    :ivar caller: who calls, for which tenant.
    :ivar values: what stands for the names in the path, decoded.
    :ivar body: the JSON object of a POST or PUT.
    """

    SUPPORTED_METHODS = _Anything()  # what there is not is told by check, in its turn

    #: HTTP method to access string, names of the path in braces, None if not even a token is needed; a method
    #: that isn't named answers 405.
    required: Mapping[str, str | None] = {}

    caller: Caller
    values: dict[str, str]
    body: dict[str, Any]

    def initialize(self, access: Access, route: Route, **parts: Any) -> None:
        self._access = access
        self.route = route
        self.parts = parts

    def _execute(self, transforms: Any, *_arguments: Any, **_keywords: Any) -> None:
        super()._execute(transforms)  # the path is read by the route, not by cyclone

    async def prepare(self) -> None:
        """
        Check the request before its method runs.
        """
        self.clear_header("Server")
        for name, value in CORS.items():
            self.set_header(name, value)
        if self.request.method != "OPTIONS":
            await self.check()

    async def check(self) -> None:
        """
        Raise what is wrong with the caller, the path or the body.
        """
        method = self.asked_method()
        values = self.route.values(self.request.path)
        self.values = values or {}
        # A path that isn't UTF-8 names nothing, which only a caller with a good token is told.
        required = self.required.get(method) if values is not None else None
        self.caller = await self._caller(required)
        if method not in self.required:
            raise HTTPError(405)
        if values is None:
            raise HTTPError(404)
        await self.find()
        headers = self.request.headers
        if method in ("POST", "PUT") and not media.is_json(headers.get("Content-Type")):
            raise HTTPError(415)
        if method == "GET" and not media.is_acceptable(headers.get("Accept")):
            raise HTTPError(406)
        if method in ("POST", "PUT"):
            self.body = _json_object(self.request.body)

    def asked_method(self) -> str:
        """
        Return the method that was asked for, ``GET`` for ``HEAD``.
        """
        method: str = self.request.method
        return "GET" if method == "HEAD" else method

    async def _caller(self, required: str | None) -> Caller:
        headers = self.request.headers
        tenant = headers.get("Accent-Tenant") or headers.get("Wazo-Tenant")
        with suppress(ValueError):  # what isn't one is nobody's
            tenant = norm_uuid(tenant) if tenant else None
        return await self._access.check(headers.get("X-Auth-Token"), tenant, required, self.values)

    def below(self, name: str) -> str:
        """
        Return the path of what the resource has below it.
        """
        return f"{self.request.path.rstrip('/')}/{name}"

    async def find(self) -> None:
        """
        Find what the path names; raise ``NotFound`` if it isn't there.
        """

    def options(self) -> None:
        self.clear_header("Content-Type")
        self.set_status(200)

    def compute_etag(self) -> None:
        """
        No entity tags: each would be worked out from the whole body, and no client asks for them.
        """

    async def head(self) -> None:
        await settled(self.get())

    def text(self, key: str) -> str:
        """
        Return a text of the body.

        :raises BadBody: if it isn't there, or isn't one.
        """
        value = self.body.get(key)
        if not isinstance(value, str) or not value:
            raise BadBody(f"{key} must be a text")
        return value

    def argument(self, name: str) -> str | None:
        """
        Return the first value that the query of the URL gives a name.
        """
        found = parse_qs(self.request.query, keep_blank_values=True, errors="replace").get(name)
        return found[0] if found else None

    def document(self, key: str) -> dict[str, Any]:
        """
        Return an object of the body.

        :raises BadBody: if it isn't there, or isn't one.
        """
        value = self.body.get(key)
        if not isinstance(value, dict):
            raise BadBody(f"{key} must be an object")
        return value

    def new_value(self) -> Any:
        """
        Return the value that a PUT has for a parameter.

        :raises BadBody: if it has none.
        """
        param = self.document("param")
        if "value" not in param:
            raise BadBody("param.value is missing")
        return param["value"]

    def answer_type(self) -> str:
        """
        Return the media type of the answer.
        """
        headers = self.request.headers
        return media.answer_type(headers.get("Accept"), headers.get("Content-Type"))

    def answer(self, body: dict[str, Any], status: int = 200) -> None:
        """
        Answer with a JSON object.
        """
        self.write_whole(status, self.answer_type(), jsontext.encoded(body))

    def created(self, path: str, document_id: str) -> None:
        """
        Answer that a document was made, and where it is.
        """
        self.set_header("Location", path)
        self.answer({"id": document_id}, 201)

    def done(self) -> None:
        """
        Answer that it is done, and nothing else.
        """
        self.set_status(204)
        self.clear_header("Content-Type")

    def write_whole(self, status: int, media_type: str, body: bytes) -> None:
        """
        Answer with a whole body; ``HEAD`` with its length alone.
        """
        self.set_status(status)
        self.set_header("Content-Type", media_type)
        self.set_header("Content-Length", str(len(body)))
        self.write(b"" if self.request.method == "HEAD" else body)

    def _deferred_handler(self, function: Any, *arguments: Any, **keywords: Any) -> Any:
        # Cyclone alone drops a coroutine and answers 200 with nothing.
        if inspect.iscoroutinefunction(function):
            return Deferred.fromCoroutine(function(*arguments, **keywords))
        return super()._deferred_handler(function, *arguments, **keywords)

    def _handle_request_exception(self, error: Any) -> Any:
        if isinstance(error, Failure):
            error = error.value
        failure = told(error)
        status = failure.status
        if isinstance(error, ProvdError):
            if status >= 500:
                what = {"method": self.request.method, "path": self.request.path}
                log.error("{method} {path}: {why}", **what, why=failure.message)
        elif status == 500:
            log.failure("a request of the API failed", Failure(error))
        if self._headers_written:
            self.request.connection.transport.loseConnection()
            return None
        if status == 405:
            self.set_header("Allow", ", ".join([*sorted({*self.required, *self._heads()}), "OPTIONS"]))
        self.write_whole(status, media.JSON, failure.body())
        self.finish()
        return None

    def _heads(self) -> set[str]:
        return {"HEAD"} if "GET" in self.required else set()


class UnknownResource(Handler):
    """
    Whatever the API doesn't have: 401 without a good token, else 404.
    """

    async def check(self) -> None:
        self.values = {}
        await self._caller(None)
        raise HTTPError(404)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        content = jsontext.parsed(body)
    except jsontext.NotJSON as error:
        raise BadBody(f"the body {error}", "invalid-json") from None
    if not isinstance(content, dict):
        raise BadBody("the body isn't a JSON object")
    return content

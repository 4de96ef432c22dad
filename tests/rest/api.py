"""
A caller of the REST API, over a real socket.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import treq
from twisted.web.http_headers import Headers

from provd.model.operation import OIP_FAIL, OIP_SUCCESS
from tests.daemon.site import Site

MEDIA_TYPE = "application/vnd.accent.provd+json"
_NO_BODY = object()


class Answer(NamedTuple):
    """
    What the API answered.
    """

    status: int
    headers: Headers
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    def header(self, name: str) -> str | None:
        return next(iter(self.headers.getRawHeaders(name, [])), None)


class Api:
    """
    Calls the API of a site, as its administrator if nothing else is said.
    """

    def __init__(self, site: Site, token: str | None = None) -> None:
        self.site = site
        self.base = f"http://127.0.0.1:{site.settings.rest_api.port}"
        self.token = token if token is not None else (site.data / "admin-token").read_text().strip()

    async def call(
        self, method: str, path: str, body: Any = _NO_BODY, headers: dict[str, str | None] | None = None
    ) -> Answer:
        """
        Send one request, on a connection of its own as existing clients do.

        :param path: below ``/0.2``, or a full path such as a Location.
        :param body: JSON-able, or bytes to send as they are.
        :param headers: more of them, and None for one to leave out.
        """
        sent: dict[str, str | None] = {"X-Auth-Token": self.token}
        data = None
        if body is not _NO_BODY:
            sent["Content-Type"] = MEDIA_TYPE
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent.update(headers or {})
        response = await treq.request(
            method,
            self.base + (path if path.startswith("/0.2") else f"/0.2{path}"),
            headers={name: value for name, value in sent.items() if value is not None},
            data=data,
            persistent=False,
            timeout=20,
            allow_redirects=False,
        )
        return Answer(response.code, response.headers, (await response.content()).decode())

    async def get(self, path: str, **headers: str | None) -> Answer:
        return await self.call("GET", path, headers=headers)

    async def post(self, path: str, body: Any, **headers: str | None) -> Answer:
        return await self.call("POST", path, body, headers)

    async def put(self, path: str, body: Any, **headers: str | None) -> Answer:
        return await self.call("PUT", path, body, headers)

    async def delete(self, path: str, **headers: str | None) -> Answer:
        return await self.call("DELETE", path, headers=headers)

    async def finished(self, location: str | None) -> str:
        """
        Return the text of an operation once it is finished.
        """
        assert location is not None
        while True:
            status: str = (await self.get(location)).json["status"]
            if status.partition("(")[0].split("|")[-1].partition(";")[0] in (OIP_SUCCESS, OIP_FAIL):
                return status

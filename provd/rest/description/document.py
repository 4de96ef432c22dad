"""
The API in OpenAPI 3.1.

Paths, methods and accesses are the handlers' own.  The files beside this one say the rest, and what all
resources have in common is said once there and added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provd.rest import media
from provd.rest.handlers import Handler
from provd.rest.operations import Operation, Starter
from provd.rest.routes import BASE

from .rawconfig import raw_config_schemas
from .sources import read

__all__ = ["PROXIED_BASE", "openapi"]

PROXIED_BASE = f"/api/provd{BASE}"
"""The path of the API at a proxy in front of the daemon."""

_COMMON = "api.yml"
_OPERATIONS = "operations.yml"
_RESOURCES = ("daemon.yml", "devices.yml", "configs.yml", "parameters.yml", "plugins.yml", "auth.yml")

_SCHEMA = "#/components/schemas/"
_NAME = re.compile(r"\{(\w+)\}")
_TOKEN = "token"
_LOCATION = {"type": "string", "pattern": f"^{re.escape(BASE)}/"}


def openapi(handlers: Mapping[str, type[Handler]]) -> dict[str, Any]:
    """
    Return the description.

    :param handlers: by path, as ``provd.rest.application`` has them.
    :raises LookupError: if the files don't describe one of them, or one that isn't there.
    """
    return _Description(handlers).document()


class _Description:
    def __init__(self, handlers: Mapping[str, type[Handler]]) -> None:
        self._handlers = handlers
        self._common = read(_COMMON)
        self._of_operations = read(_OPERATIONS)
        self._resources = [read(name) for name in _RESOURCES]

    def document(self) -> dict[str, Any]:
        errors = self._common["errors"]
        return {
            "openapi": "3.1.0",
            "info": {**self._common["info"], "version": BASE.strip("/")},
            "servers": [
                {"url": BASE, "description": "The daemon itself"},
                {"url": PROXIED_BASE, "description": "A proxy in front of it"},
            ],
            "tags": self._common["tags"],
            "security": [{_TOKEN: []}],
            "paths": dict(self._paths()),
            "components": {
                "securitySchemes": {_TOKEN: {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}},
                "parameters": self._common["parameters"],
                "responses": {error["name"]: _error(error["description"]) for error in errors.values()},
                "schemas": self._schemas(),
            },
        }

    def _schemas(self) -> dict[str, Any]:
        schemas = dict(self._common["schemas"])
        for source in (*self._resources, self._of_operations):
            schemas |= source["schemas"]
        return {**schemas, **raw_config_schemas()}

    def _paths(self) -> Iterator[tuple[str, dict[str, Any]]]:
        told = {
            path: {method: (source["tag"], operation) for method, operation in methods.items()}
            for source in self._resources
            for path, methods in source["paths"].items()
        }
        if unknown := told.keys() - self._handlers.keys():
            raise LookupError(f"described, and not there: {', '.join(sorted(unknown))}")
        for path, handler in self._handlers.items():
            described = told[path]
            if described.keys() != handler.required.keys():
                raise LookupError(f"{path} is described with other methods than it has")
            methods = {
                method.lower(): self._operation(path, method, handler, tag, operation)
                for method, (tag, operation) in described.items()
            }
            yield path or "/", methods
            if issubclass(handler, Starter):
                yield f"{path}/{{operation_id}}", self._followed(path, *described["POST"])

    def _followed(self, path: str, tag: str, beginning: Mapping[str, Any]) -> dict[str, Any]:
        """
        Return the methods of the operations that begin at a path.
        """
        place = f"{path}/{{operation_id}}"
        return {
            method.lower(): self._operation(
                place,
                method,
                Operation,
                tag,
                {**operation, "id": f"{operation['id']}_of_{beginning['id']}"},
            )
            for method, operation in self._of_operations["operation"].items()
        }

    def _operation(
        self, path: str, method: str, handler: type[Handler], tag: str, told: Mapping[str, Any]
    ) -> dict[str, Any]:
        access = handler.required[method]
        described: dict[str, Any] = {"tags": [tag], "operationId": told["id"], "summary": told["summary"]}
        texts = [told["description"].strip()] if "description" in told else []
        if access is None:
            texts.append("Needs no token.")
            described["security"] = []
        else:
            texts.append(f"Needs the access `{access}`.")
            described["x-required-access"] = access
        described["description"] = "\n\n".join(texts)
        if parameters := list(self._parameters(path, access, told)):
            described["parameters"] = parameters
        if "body" in told:
            described["requestBody"] = {"required": True, "content": _json(told["body"], media.TYPES)}
        described["responses"] = self._answers(path, method, access, told)
        return described

    def _parameters(self, path: str, access: str | None, told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        known = self._common["parameters"]
        by_name = {parameter["name"]: key for key, parameter in known.items() if parameter["in"] == "path"}
        schemas = told.get("path", {})
        for name in _NAME.findall(path):
            key = by_name[name]
            yield {**known[key], "schema": schemas[name]} if name in schemas else _parameter(key)
        for parameter in told.get("query", ()):
            yield _parameter(parameter) if isinstance(parameter, str) else parameter
        if access is not None:
            yield _parameter("tenant")
            yield _parameter("tenant_of_old")

    def _answers(self, path: str, method: str, access: str | None, told: Mapping[str, Any]) -> dict[str, Any]:
        answers = {str(status): _answer(answer) for status, answer in told["answers"].items()}
        own = told.get("errors", {})
        common = self._common["errors"]
        for status in sorted({*own, *_usual_errors(path, method, access)}):
            if status in own:
                answers[str(status)] = _error(own[status])
            else:
                answers[str(status)] = {"$ref": f"#/components/responses/{common[status]['name']}"}
        return answers


def _usual_errors(path: str, method: str, access: str | None) -> Iterator[int]:
    if access is None:
        return
    yield from (401, 500, 503)
    if "{" in path:
        yield 404
    if method == "GET":
        yield 406
    if method in ("POST", "PUT"):
        yield from (400, 413, 415)


def _answer(told: Mapping[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": told["description"]}
    if "location" in told:
        header = {"required": True, "schema": _LOCATION, "description": f"{told['location']}, as a path"}
        answer["headers"] = {"Location": header}
    if "schema" in told:
        answer["content"] = _json(told["schema"], media.VENDORS)
    elif "content" in told:
        answer["content"] = told["content"]
    if "links" in told:
        answer["links"] = told["links"]
    return answer


def _error(description: str) -> dict[str, Any]:
    return {"description": description, "content": _json("Error", (media.JSON,))}


def _json(schema: str, media_types: tuple[str, ...]) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _SCHEMA + schema}} for media_type in media_types}


def _parameter(key: str) -> dict[str, Any]:
    return {"$ref": f"#/components/parameters/{key}"}

"""
OpenAPI 3.1 as Swagger 2.0, which existing tools read.

Swagger says less: what it has no word for is left out, so that a schema takes at least what the original
takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["swagger"]

Node = dict[str, Any]

_PLACES = {
    "#/components/schemas/": "#/definitions/",
    "#/components/responses/": "#/responses/",
    "#/components/parameters/": "#/parameters/",
}
_OF_SCHEMAS = frozenset(
    ("description", "format", "default", "enum", "required", "minimum", "maximum", "minLength", "maxLength")
    + ("pattern", "minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems", "readOnly")
)
_OF_PARAMETERS = frozenset(
    ("type", "format", "default", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern")
)


def swagger(document: Mapping[str, Any], base_path: str) -> Node:
    """
    Return a description in Swagger 2.0.

    :param document: in OpenAPI 3.1, with references to components alone.
    :param base_path: where the API is.
    """
    components = document["components"]
    return {
        "swagger": "2.0",
        "info": _info(document["info"]),
        "basePath": base_path,
        "tags": document["tags"],
        "securityDefinitions": components["securitySchemes"],
        "security": document["security"],
        "paths": {
            path: {method: _operation(operation, components) for method, operation in methods.items()}
            for path, methods in document["paths"].items()
        },
        "parameters": {name: _parameter(told) for name, told in components["parameters"].items()},
        "responses": {name: _response(told) for name, told in components["responses"].items()},
        "definitions": {name: _schema(told) for name, told in components["schemas"].items()},
    }


def _info(info: Mapping[str, Any]) -> Node:
    return {**info, "license": {"name": info["license"]["name"]}}


def _operation(operation: Mapping[str, Any], components: Mapping[str, Any]) -> Node:
    kept = {
        key: value
        for key, value in operation.items()
        if key not in ("parameters", "requestBody", "responses")
    }
    parameters = [_parameter(told) for told in operation.get("parameters", ())]
    body = operation.get("requestBody")
    if body is not None:
        kept["consumes"] = list(body["content"])
        parameters.append({"name": "body", "in": "body", "required": body["required"], **_content(body)})
    if parameters:
        kept["parameters"] = parameters
    produced = dict.fromkeys(
        media_type
        for told in operation["responses"].values()
        for media_type in _resolved(told, components).get("content", ())
    )
    if produced:
        kept["produces"] = list(produced)
    kept["responses"] = {status: _response(told) for status, told in operation["responses"].items()}
    return kept


def _resolved(node: Mapping[str, Any], components: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in node:
        return node
    _, _, kind, name = node["$ref"].split("/")
    found: Mapping[str, Any] = components[kind][name]
    return found


def _reference(node: Mapping[str, Any]) -> Node:
    place, slash, name = node["$ref"].rpartition("/")
    return {"$ref": _PLACES[place + slash] + name}


def _parameter(told: Mapping[str, Any]) -> Node:
    if "$ref" in told:
        return _reference(told)
    kept = {key: told[key] for key in ("name", "in", "description", "required") if key in told}
    if told.get("allowEmptyValue") and told["in"] == "query":
        kept["allowEmptyValue"] = True
    return {**kept, **_of_text(told.get("schema", {"type": "string"}))}


def _of_text(schema: Mapping[str, Any]) -> Node:
    """
    Return the schema of a parameter or header, which is sent as text and has one simple type.
    """
    simple = {**schema, **schema["anyOf"][0]} if "anyOf" in schema else schema
    return {key: value for key, value in simple.items() if key in _OF_PARAMETERS}


def _response(told: Mapping[str, Any]) -> Node:
    if "$ref" in told:
        return _reference(told)
    response = {"description": told["description"], **_content(told)}
    if "headers" in told:
        response["headers"] = {
            name: {"description": header["description"], **_of_text(header["schema"])}
            for name, header in told["headers"].items()
        }
    return response


def _content(told: Mapping[str, Any]) -> Node:
    """
    Return the schema of a body, which must be the same for all its media types.
    """
    schemas = [content["schema"] for content in told.get("content", {}).values()]
    if any(schema != schemas[0] for schema in schemas):
        raise ValueError("Swagger 2.0 has one schema for all media types")
    return {"schema": _schema(schemas[0])} if schemas else {}


def _schema(schema: Any) -> Node:
    if isinstance(schema, bool):
        return {}
    if "$ref" in schema:
        return _reference(schema)
    kept = {key: value for key, value in schema.items() if key in _OF_SCHEMAS}
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    is_nullable = "null" in kinds
    kinds = [kind for kind in kinds if kind != "null"]
    if len(kinds) == 1:
        kept["type"] = kinds[0]
    elif kinds:  # only what holds for all of them can be said
        kept = {key: value for key, value in kept.items() if key in ("description", "default", "enum")}
    for key in ("items", "additionalProperties"):
        if key in schema:
            value = schema[key]
            kept[key] = value if isinstance(value, bool) and key != "items" else _schema(value)
    if "properties" in schema:
        kept["properties"] = {name: _schema(told) for name, told in schema["properties"].items()}
    if "allOf" in schema:
        kept["allOf"] = [_schema(told) for told in schema["allOf"]]
    if "examples" in schema:
        kept["example"] = schema["examples"][0]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            choice, may_be_null = _choice(schema[key])
            kept |= choice
            is_nullable = is_nullable or may_be_null
    if None in kept.get("enum", ()):
        is_nullable = True
    return {**kept, "x-nullable": True} if is_nullable else kept


def _choice(schemas: list[Mapping[str, Any]]) -> tuple[Node, bool]:
    """
    Return one schema for what any of several takes, and whether that is also null.
    """
    others = [schema for schema in schemas if schema.get("type") != "null"]
    may_be_null = len(others) < len(schemas)
    if len(others) == 1:
        only = _schema(others[0])
        return ({"allOf": [only]} if "$ref" in only else only), may_be_null
    if all(schema.get("type") == "object" and "properties" in schema for schema in others):
        return _joined(others), may_be_null
    return {}, may_be_null


def _joined(schemas: list[Mapping[str, Any]]) -> Node:
    """
    Return the schema of objects with the members of any: what they have in common is required.
    """
    required = set.intersection(*(set(schema.get("required", ())) for schema in schemas))
    names = dict.fromkeys(name for schema in schemas for name in schema["properties"])
    properties = {name: _either(list(_told_of(name, schemas))) for name in names}
    joined: Node = {"type": "object", "properties": properties}
    if required:
        joined["required"] = [name for name in names if name in required]
    return joined


def _told_of(name: str, schemas: list[Mapping[str, Any]]) -> Iterator[Node]:
    for schema in schemas:
        if name in schema["properties"]:
            yield _schema(schema["properties"][name])


def _either(schemas: list[Node]) -> Node:
    first = schemas[0]
    if all(schema == first for schema in schemas):
        return first
    if all("enum" in schema for schema in schemas):
        values = dict.fromkeys(value for schema in schemas for value in schema["enum"])
        return {**first, "enum": list(values)}
    return {}

"""
OpenAPI 3.1 as Swagger 2.0.
"""

from __future__ import annotations

from typing import Any

import pytest

from provd.rest.description.swagger import swagger

PET = {"$ref": "#/components/schemas/Pet"}


def converted(
    schema: Any = None, operation: dict[str, Any] | None = None, **components: Any
) -> dict[str, Any]:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1", "license": {"name": "GPL", "identifier": "GPL-3.0"}},
        "servers": [{"url": "/1"}],
        "tags": [],
        "security": [{"token": []}],
        "paths": {"/pets": {"post": operation}} if operation else {},
        "components": {
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Token"}},
            "parameters": {},
            "responses": {},
            "schemas": {} if schema is None else {"Pet": schema},
            **components,
        },
    }
    return swagger(document, "/pets/1")


def test_the_whole() -> None:
    assert converted() == {
        "swagger": "2.0",
        "info": {"title": "Pets", "version": "1", "license": {"name": "GPL"}},
        "basePath": "/pets/1",
        "tags": [],
        "securityDefinitions": {"token": {"type": "apiKey", "in": "header", "name": "X-Token"}},
        "security": [{"token": []}],
        "paths": {},
        "parameters": {},
        "responses": {},
        "definitions": {},
    }


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, {}),
        ({"type": "string", "minLength": 1}, {"type": "string", "minLength": 1}),
        (
            {"type": ["string", "null"], "pattern": "a"},
            {"type": "string", "pattern": "a", "x-nullable": True},
        ),
        (
            {"type": ["integer", "string", "null"], "minimum": 1, "description": "A port"},
            {"description": "A port", "x-nullable": True},
        ),
        ({"enum": ["a", None]}, {"enum": ["a", None], "x-nullable": True}),
        ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
        (PET, {"$ref": "#/definitions/Pet"}),
        ({"anyOf": [PET, {"type": "null"}]}, {"allOf": [{"$ref": "#/definitions/Pet"}], "x-nullable": True}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "string", "x-nullable": True}),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}], "description": "d"}, {"description": "d"}),
        (
            {"allOf": [PET, {"required": ["a"]}]},
            {"allOf": [{"$ref": "#/definitions/Pet"}, {"required": ["a"]}]},
        ),
        (
            {"type": "array", "items": {"type": ["string", "null"]}},
            {"type": "array", "items": {"type": "string", "x-nullable": True}},
        ),
        (
            {"type": "object", "additionalProperties": PET, "propertyNames": {"pattern": "a"}},
            {"type": "object", "additionalProperties": {"$ref": "#/definitions/Pet"}},
        ),
        (
            {"type": "object", "additionalProperties": False, "properties": {"a": True}},
            {"type": "object", "additionalProperties": False, "properties": {"a": {}}},
        ),
    ],
)
def test_schemas(schema: Any, expected: Any) -> None:
    assert converted(schema)["definitions"]["Pet"] == expected


def test_objects_of_which_one_is_meant_become_one_with_the_members_of_all() -> None:
    cat = {"kind": {"enum": ["cat"]}, "name": {"type": "string"}, "lives": {"type": "integer"}}
    dog = {"kind": {"enum": ["dog"]}, "name": {"type": "string"}, "lives": {"type": "string"}}
    schema = {
        "oneOf": [
            {"type": "object", "required": ["kind", "lives"], "properties": cat},
            {"type": "object", "required": ["kind"], "properties": dog},
        ]
    }
    assert converted(schema)["definitions"]["Pet"] == {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": ["cat", "dog"]}, "name": {"type": "string"}, "lives": {}},
    }


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ({"schema": {"type": "integer", "minimum": 1}}, {"type": "integer", "minimum": 1}),
        (
            {"schema": {"default": False, "anyOf": [{"type": "boolean"}, {"type": "string"}]}},
            {"type": "boolean", "default": False},
        ),
        ({"content": {"application/json": {"schema": PET}}}, {"type": "string"}),
        (
            {"schema": {"type": "string"}, "allowEmptyValue": True, "example": "a"},
            {"type": "string", "allowEmptyValue": True},
        ),
    ],
)
def test_parameters(parameter: dict[str, Any], expected: dict[str, Any]) -> None:
    own = {"name": "a", "in": "query", "description": "d"}
    assert converted(parameters={"a": {**own, **parameter}})["parameters"]["a"] == {**own, **expected}


def test_an_operation() -> None:
    error = {"description": "No", "content": {"text/plain": {"schema": {"type": "string"}}}}
    operation = {
        "operationId": "add_pet",
        "x-more": 1,
        "parameters": [{"$ref": "#/components/parameters/a"}],
        "requestBody": {"required": True, "content": {"a/b": {"schema": PET}, "a/c": {"schema": PET}}},
        "responses": {
            "201": {
                "description": "Done",
                "content": {"a/b": {"schema": PET}},
                "headers": {
                    "Location": {"description": "Where", "required": True, "schema": {"type": "string"}}
                },
                "links": {"get": {"operationId": "get_pet"}},
            },
            "400": {"$ref": "#/components/responses/Bad"},
            "409": {"description": "Nothing"},
        },
    }
    document = converted(operation=operation, responses={"Bad": error})
    assert document["paths"]["/pets"]["post"] == {
        "operationId": "add_pet",
        "x-more": 1,
        "consumes": ["a/b", "a/c"],
        "produces": ["a/b", "text/plain"],
        "parameters": [
            {"$ref": "#/parameters/a"},
            {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Pet"}},
        ],
        "responses": {
            "201": {
                "description": "Done",
                "schema": {"$ref": "#/definitions/Pet"},
                "headers": {"Location": {"description": "Where", "type": "string"}},
            },
            "400": {"$ref": "#/responses/Bad"},
            "409": {"description": "Nothing"},
        },
    }
    assert document["responses"]["Bad"] == {"description": "No", "schema": {"type": "string"}}


def test_two_schemas_for_one_body_cannot_be_said() -> None:
    content = {"a/b": {"schema": PET}, "a/c": {"schema": True}}
    with pytest.raises(ValueError):
        converted(responses={"Both": {"description": "d", "content": content}})

"""
The schemas of raw configs: the types that are checked, and what each parameter means.
"""

from __future__ import annotations

from typing import Any

from provd.model import parametertypes

from .sources import read

__all__ = ["raw_config_schemas"]

_ROOT = "RawConfig"
_BY_NUMBER = ("sccp_call_managers", "funckeys")


def raw_config_schemas() -> dict[str, Any]:
    """
    Return the schemas of a raw config and of all that is in it, by name.
    """
    model = parametertypes.json_schema()
    inner = {name.lstrip("_"): schema for name, schema in model.pop("$defs").items()}
    meanings = read("rawconfig.yml")
    schemas = {name: _described(schema, meanings[name]) for name, schema in {_ROOT: model, **inner}.items()}
    root = schemas[_ROOT]
    root["propertyNames"] = {"pattern": "^(?!XX_)"}
    for name in _BY_NUMBER:
        root["properties"][name]["propertyNames"] = {"pattern": f"^{parametertypes.NUMBER_KEY}$"}
    return schemas


def _described(schema: dict[str, Any], meanings: dict[str, str]) -> dict[str, Any]:
    properties = {
        name: {**_plain(parameter), "description": meanings[name]}
        for name, parameter in schema["properties"].items()
    }
    return {"type": "object", "description": meanings["_"].strip(), "properties": properties}


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """
    Return a schema as a person would have written it: without titles and defaults, and with null as one of
    its types where that is possible.
    """
    plain = {key: value for key, value in schema.items() if key not in ("title", "default")}
    if "$ref" in plain:
        name = plain["$ref"].rpartition("/")[2].lstrip("_")
        return {"$ref": f"#/components/schemas/{name}"}
    if "additionalProperties" in plain:
        plain["additionalProperties"] = _plain(plain["additionalProperties"])
    if "anyOf" in plain:
        value, null = map(_plain, plain.pop("anyOf"))
        if "type" in value:
            return {**value, "type": [value["type"], null["type"]]}
        return {"anyOf": [value, null]}
    return plain

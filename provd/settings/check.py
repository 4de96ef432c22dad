"""
Values from files -> settings, or all that is wrong with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from provd.errors import InvalidSettings

from . import fields
from .model import Settings


def settings_from(values: Mapping[str, Any]) -> Settings:
    """
    Return the settings that ``values`` give, section by section; what is absent has its default.

    :raises InvalidSettings: with every mistake by its dotted key, none of which repeats a secret.
    """
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        found = error.errors(include_url=False)
    raise InvalidSettings({".".join(map(str, each["loc"])): _mistake(each) for each in found})


def _mistake(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            return f"{fields.shown(error['input'])} isn't one of {context['expected']}"
        case "bool_type":
            return f"{fields.shown(error['input'])} isn't true or false"
        case "model_type" | "dict_type":
            return "isn't a map of keys to values"
        case _:
            return error["msg"]

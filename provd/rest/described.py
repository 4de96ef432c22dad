"""
``/openapi.json`` and ``/api/api.yml``: what the API says of itself, to anybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import yaml
from cyclone.web import HTTPError

from .description.document import PROXIED_BASE, openapi
from .description.swagger import swagger
from .handlers import Handler
from .media import JSON

__all__ = ["Descriptions", "OpenAPI", "Swagger"]

YAML = "application/x-yaml"
_SAFE: type[Any] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_SAFE):
    """
    Writes texts of several lines as such, and what is there twice twice.
    """

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


class Descriptions:
    """
    The description in both forms, made when it is first asked for, and once.

    :param handlers: by path.
    """

    def __init__(self, handlers: Mapping[str, type[Handler]]) -> None:
        self._handlers = handlers

    @cached_property
    def _document(self) -> dict[str, Any]:
        return openapi(self._handlers)

    @cached_property
    def openapi(self) -> bytes:
        """
        The JSON of OpenAPI 3.1.
        """
        return json.dumps(self._document, ensure_ascii=False, indent=1).encode()

    @cached_property
    def swagger(self) -> bytes:
        """
        The YAML of Swagger 2.0.
        """
        document = swagger(self._document, PROXIED_BASE)
        text: bytes = yaml.dump(
            document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, encoding="utf-8"
        )
        return text


class _Described(Handler):
    required = {"GET": None}

    async def check(self) -> None:
        if self.asked_method() not in self.required:
            raise HTTPError(405)

    @property
    def descriptions(self) -> Descriptions:
        descriptions: Descriptions = self.parts["descriptions"]
        return descriptions


class OpenAPI(_Described):
    """
    ``GET /openapi.json``
    """

    def get(self) -> None:
        self.write_whole(200, JSON, self.descriptions.openapi)


class Swagger(_Described):
    """
    ``GET /api/api.yml``
    """

    def get(self) -> None:
        self.write_whole(200, YAML, self.descriptions.swagger)

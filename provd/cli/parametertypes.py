"""
Parameters of commands that are more than a text: addresses, selectors, assignments, documents.

No error quotes a value that may be a password.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import click

from provd.addresses import norm_ip, norm_mac, norm_uuid, plain_address

from .jsontext import parse_json

__all__ = ["ADDRESS", "IP", "MAC", "OBJECT", "UUID", "Assignment", "AssignmentType", "DocumentFile", "Unset"]


class _Normalized(click.ParamType[str]):
    def __init__(self, name: str, normalize: Callable[[str], str], what: str) -> None:
        self.name = name
        self._normalize = normalize
        self._what = what

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return self._normalize(value)
        except ValueError:
            self.fail(f"{value!r} isn't {self._what}", param, ctx)


MAC = _Normalized("MAC", norm_mac, "a MAC address")
IP = _Normalized("IP", norm_ip, "an IPv4 address")
ADDRESS = _Normalized("ADDRESS", plain_address, "an address")
UUID = _Normalized("UUID", norm_uuid, "a UUID")


class _JsonObject(click.ParamType[dict[str, Any]]):
    name = "JSON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        try:
            parsed = parse_json(value)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            self.fail('isn\'t a JSON object such as {"vendor": "Yealink"}', param, ctx)
        return parsed


OBJECT = _JsonObject()


class Assignment(NamedTuple):
    """
    A value for a place in a document.

    :param path: the keys that lead there.
    """

    path: tuple[str, ...]
    value: Any


class AssignmentType(click.ParamType[Assignment]):
    """
    ``path=value``.

    :param below: the keys that lead to where the path begins.
    :param is_text: whether the value is always text; else it is JSON, and text where it isn't.
    """

    name = "PATH=VALUE"

    def __init__(self, *below: str, is_text: bool = False) -> None:
        self._below = below
        self._is_text = is_text

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Assignment:
        if isinstance(value, Assignment):
            return value
        path, found, text = value.partition("=")
        if not found or not _is_path(path):
            self.fail("isn't of the form PATH=VALUE", param, ctx)
        parsed: Any = text
        if not self._is_text:
            with suppress(ValueError):
                parsed = parse_json(text)
        return Assignment((*self._below, *path.split(".")), parsed)


class Unset(click.ParamType[tuple[str, ...]]):
    """
    The path of a key that is to go.
    """

    name = "PATH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        if not _is_path(value):
            self.fail("isn't a path of keys joined by dots", param, ctx)
        return tuple(value.split("."))


def _is_path(text: str) -> bool:
    return all(text.split("."))


class DocumentFile(click.ParamType[dict[str, Any]]):
    """
    A file with a document in JSON or YAML, ``-`` for standard input.

    :param kind: ``"device"``, ``"config"``: documents may stand under that key, as the API has them.
    """

    name = "FILE"

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        from .hiding import refuse_hidden
        from .yamlfiles import BadFile

        name = "standard input" if value == "-" else value
        try:
            document = _parsed(sys.stdin.buffer.read() if value == "-" else Path(value).read_bytes())
        except OSError as error:
            self.fail(f"{name} can't be read: {error.strerror}", param, ctx)
        except BadFile as error:
            self.fail(f"{name} {error}", param, ctx)
        if isinstance(document, dict) and set(document) == {self._kind}:
            document = document[self._kind]
        if not isinstance(document, dict):
            self.fail(f"{name} isn't a document: keys with values", param, ctx)
        refuse_hidden(document)
        return document


def _parsed(content: bytes) -> Any:
    """
    Return what JSON or YAML stands for, as JSON has it.

    :raises BadFile: if it is neither.
    """
    from .yamlfiles import parse_yaml

    try:
        return parse_json(content.decode())
    except ValueError:
        return _as_json(parse_yaml(content), "")


def _as_json(value: Any, path: str) -> Any:
    """
    Return a value of YAML as JSON has it: keys are text.

    :raises BadFile: if JSON has no such thing, naming where it is.
    """
    from .yamlfiles import BadFile

    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str | int) or isinstance(key, bool):
                raise BadFile(f"has a key that isn't text below {path or 'its top'}")
        return {
            str(key): _as_json(item, f"{path}.{key}" if path else str(key)) for key, item in value.items()
        }
    if isinstance(value, list):
        return [_as_json(item, f"{path}.{number}") for number, item in enumerate(value)]
    if value is None or isinstance(value, str | int | float):
        return value
    raise BadFile(f"has a value at {path} that JSON doesn't know")

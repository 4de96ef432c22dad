"""
YAML as people write it by hand: a text is a number or a truth value only where JSON would say so.

By the rules of YAML 1.1, ``10:15:55:11:22:33`` were the number 8,053,986,153 and ``no`` were false; here one
is a MAC address and the other a text.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

__all__ = ["BadFile", "format_yaml", "parse_yaml", "read_yaml"]

_NO_FOLDING = 1 << 30


class BadFile(ValueError):
    """
    What isn't YAML.  The text tells where, never what stands there.
    """


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[Any]] = {}


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _resolve(tag: str, pattern: str, first: list[str]) -> None:
    for way in (_Loader, _Dumper):  # a text that looks like one of them is written in quotes
        way.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"(?:{pattern})\Z"), first)


_NUMBER = list("-0123456789")
_resolve("null", "~|null|", ["~", "n", ""])
_resolve("bool", "true|false", ["t", "f"])
_resolve("int", "-?(?:0|[1-9][0-9]*)", _NUMBER)
_resolve("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", _NUMBER)
_resolve("merge", "<<", ["<"])


def parse_yaml(content: bytes) -> Any:
    """
    Return what YAML, or JSON, stands for.

    :raises BadFile: if it is neither, or holds what JSON can't.
    """
    try:
        return yaml.load(content, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f": line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        raise BadFile(f"isn't YAML{where}") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise BadFile("isn't YAML") from None


def read_yaml(path: Path) -> Any:
    """
    Return the content of a file; an empty one is None.

    :raises FileNotFoundError: if there is no such file.
    :raises BadFile: if it can't be read, or isn't YAML.
    """
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path) from None
    except OSError as error:
        raise BadFile(f"can't be read: {error.strerror}") from None
    return parse_yaml(content)


def format_yaml(document: Any) -> str:
    """
    Return YAML of a document, without line breaks that aren't its own.  What isn't printable, ends of lines
    apart, stands in double quotes, where it may be replaced by an escape.
    """
    return yaml.dump(
        document,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=_NO_FOLDING,
        default_flow_style=False,
    )


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = None
    if not value.replace("\n", "").isprintable():
        style = '"'
    elif "\n" in value:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)

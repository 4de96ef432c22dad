"""
Whether a plugin's templates are right, each for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jinja2
from jinja2 import nodes

__all__ = ["FOLDER", "mistakes"]

FOLDER = "templates"


def mistakes(plugin_dir: Path) -> Iterator[str]:
    """
    Yield what doesn't compile, and which templates are named that aren't there.
    """
    folder = plugin_dir / FOLDER
    environment = jinja2.Environment()
    for path in sorted(folder.rglob("*.tpl")):
        name = path.relative_to(plugin_dir)
        try:
            parsed = environment.parse(path.read_text("utf-8"), str(name))
            environment.compile(parsed, str(name))
        except jinja2.TemplateSyntaxError as error:
            yield f"{name}, line {error.lineno}: {error.message}"
            continue
        except (OSError, UnicodeDecodeError) as error:
            yield f"{name} can't be read: {error}"
            continue
        for node in parsed.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            other = _named(node)
            if other is not None and not (folder / other).is_file():
                yield f"{name}, line {node.lineno}: there is no template {other}"


def _named(node: nodes.Node) -> str | None:
    """
    Return which template must be there; None if it may be missing or its name is computed.
    """
    named = getattr(node, "template", None)
    if getattr(node, "ignore_missing", False) or not isinstance(named, nodes.Const):
        return None
    return named.value if isinstance(named.value, str) else None

"""
Whether a plugin's templates are right, each for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jinja2

__all__ = ["mistakes"]


def mistakes(plugin_dir: Path) -> Iterator[str]:
    """
    Yield what doesn't compile.
    """
    folder = plugin_dir / "templates"
    environment = jinja2.Environment()
    for path in sorted(folder.rglob("*.tpl")):
        name = path.relative_to(folder)
        try:
            environment.parse(path.read_text("utf-8"), str(name))
        except jinja2.TemplateSyntaxError as error:
            yield f"{name}, line {error.lineno}: {error.message}"
        except (OSError, UnicodeDecodeError) as error:
            yield f"{name} can't be read: {error}"

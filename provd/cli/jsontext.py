"""
JSON that people type.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

__all__ = ["parse_json"]


def parse_json(text: str) -> Any:
    """
    Return what JSON stands for.

    :raises ValueError: if it isn't JSON; neither is ``NaN``, which Python alone takes for it.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} isn't JSON")

"""
The one place that knows that an answer may be a value, a Deferred or a coroutine.
"""

from __future__ import annotations

from inspect import isawaitable
from typing import Any


async def settled(answer: Any) -> Any:
    """
    Return the answer, once it is there.
    """
    return await answer if isawaitable(answer) else answer

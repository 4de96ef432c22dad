"""
What a NOTIFY that can't be sent says.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from provd.sync.sip import CannotNotify


async def reason(asked: Awaitable[Any]) -> str:
    """
    Return why something fails; fail the test if it doesn't.
    """
    try:
        await asked
    except CannotNotify as error:
        return str(error)
    raise AssertionError("it should have failed")

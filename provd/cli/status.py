"""
``provd-cli status``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .options import api_command
from .paths import place
from .shown import cell
from .tables import Column

if TYPE_CHECKING:
    from .session import Session

__all__ = ["status"]


@api_command("status")
async def status(session: Session) -> None:
    """
    Tell how the daemon is.
    """
    found = await session.api.get(place("status"))
    columns = (
        Column("part"),
        Column("status", style=lambda text: "green" if text == "ok" else "red"),
        Column("more", is_long=True),
    )
    session.output.table(columns, [_row(part, state) for part, state in found.items()], "parts", found)


def _row(part: str, state: Any) -> dict[str, str]:
    """
    Return what is shown of a part, which says either a text alone or has it under ``status``.
    """
    if not isinstance(state, dict):
        return {"part": part, "status": cell(state), "more": ""}
    more = [f"{key}: {cell(value)}" for key, value in state.items() if key != "status" and value]
    return {"part": part, "status": cell(state.get("status")), "more": "; ".join(more)}

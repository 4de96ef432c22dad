"""
What became of all transfers since the daemon started.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Counts"]


@dataclass
class Counts:
    """
    :ivar retransmissions: packets sent again.
    """

    completed: int = 0
    failed: int = 0
    retransmissions: int = 0

"""
The synchronizer in use.  One slot, set and cleared by one service of the daemon, as plugins call
``standard_sip_synchronize(device)`` without saying through what.
"""

from __future__ import annotations

from typing import Any

__all__ = ["get_sync_service", "set_sync_service"]

_current: Any = None


def set_sync_service(service: Any) -> None:
    """
    Make ``service``, an ``ISynchronizer``, the one in use; None when it's gone.
    """
    global _current
    _current = service


def get_sync_service() -> Any:
    """
    Return the synchronizer in use, or None.
    """
    return _current

"""
Public name for plugins: see ``provd.sync``.
"""

from .sync.current import get_sync_service
from .sync.sip import SynchronizeException, standard_sip_synchronize

__all__ = ["SynchronizeException", "get_sync_service", "standard_sip_synchronize"]

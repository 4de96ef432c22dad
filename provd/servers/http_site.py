"""
Public name for plugins: see ``provd.http.site``.
"""

from ..http.site import Request

__all__ = ["Request"]

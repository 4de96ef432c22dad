"""
Public name for plugins: see ``provd.http.site``.
"""

from provd.http.site import Request

__all__ = ["Request"]

"""
Public name for plugins: see ``provd.identification.requests``.
"""

from provd.identification.requests import DHCPRequest, RequestType

__all__ = ["DHCPRequest", "RequestType"]

"""
Public name for plugins: see ``provd.identification.requests``.
"""

from ..identification.requests import DHCPRequest, RequestType

__all__ = ["DHCPRequest", "RequestType"]

"""
Public names for plugins: see ``provd.pluginkit.http`` and ``provd.http.hooks``.
"""

from ..http.hooks import BaseHTTPHookService, HTTPAsyncHookService, HTTPHookService, HTTPLogService
from ..pluginkit.http import HTTPNoListingFileService

__all__ = [
    "BaseHTTPHookService",
    "HTTPAsyncHookService",
    "HTTPHookService",
    "HTTPLogService",
    "HTTPNoListingFileService",
]

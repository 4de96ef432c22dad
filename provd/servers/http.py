"""
Public names for plugins: see ``provd.pluginkit.http`` and ``provd.http.hooks``.
"""

from provd.http.hooks import BaseHTTPHookService, HTTPAsyncHookService, HTTPHookService, HTTPLogService
from provd.pluginkit.http import HTTPNoListingFileService

__all__ = [
    "BaseHTTPHookService",
    "HTTPAsyncHookService",
    "HTTPHookService",
    "HTTPLogService",
    "HTTPNoListingFileService",
]

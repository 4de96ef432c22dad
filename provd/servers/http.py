"""
Public name for plugins: see ``provd.pluginkit.http``.
"""

from ..pluginkit.http import HTTPNoListingFileService

__all__ = ["HTTPNoListingFileService"]

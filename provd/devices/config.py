"""
Public name for plugins: see ``provd.pluginkit.errors``.
"""

from ..pluginkit.errors import RawConfigError, RawConfigParamError

__all__ = ["RawConfigError", "RawConfigParamError"]

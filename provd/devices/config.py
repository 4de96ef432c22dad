"""
Public name for plugins: see ``provd.pluginkit.errors``.
"""

from provd.pluginkit.errors import RawConfigError, RawConfigParamError

__all__ = ["RawConfigError", "RawConfigParamError"]

"""
Public name for plugins: see ``provd.pluginkit.localization``.
"""

from .pluginkit.localization import get_locale, get_locale_and_language

__all__ = ["get_locale", "get_locale_and_language"]

"""
Public name for plugins: see ``provd.pluginkit``.
"""

from .pluginkit.base import Plugin, StandardPlugin
from .pluginkit.errors import InvalidParameterError
from .pluginkit.firmware import FetchfwPluginHelper
from .pluginkit.templates import TemplatePluginHelper
from .pluginkit.urls import (
    add_accent_phonebook_url,
    add_accent_phonebook_url_from_format,
    add_accent_phoned_user_service_url,
    add_wazo_phoned_user_service_url,
    add_xivo_phonebook_url,
    add_xivo_phonebook_url_from_format,
)

__all__ = [
    "FetchfwPluginHelper",
    "InvalidParameterError",
    "Plugin",
    "StandardPlugin",
    "TemplatePluginHelper",
    "add_accent_phonebook_url",
    "add_accent_phonebook_url_from_format",
    "add_accent_phoned_user_service_url",
    "add_wazo_phoned_user_service_url",
    "add_xivo_phonebook_url",
    "add_xivo_phonebook_url_from_format",
]

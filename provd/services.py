"""
Public name for plugins: see ``provd.pluginkit.parameters``.
"""

from .pluginkit.errors import InvalidParameterError
from .pluginkit.parameters import (
    AbstractConfigurationService,
    AbstractInstallationService,
    AttrConfigurationServiceParameter,
    BaseConfigurationService,
    DictConfigurationServiceParameter,
    JsonConfigPersister,
    PersistentConfigurationServiceDecorator,
    PersistentConfigureServiceDecorator,
)

__all__ = [
    "AbstractConfigurationService",
    "AbstractInstallationService",
    "AttrConfigurationServiceParameter",
    "BaseConfigurationService",
    "DictConfigurationServiceParameter",
    "InvalidParameterError",
    "JsonConfigPersister",
    "PersistentConfigurationServiceDecorator",
    "PersistentConfigureServiceDecorator",
]

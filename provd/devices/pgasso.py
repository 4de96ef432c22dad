"""
Public name for plugins: see ``provd.identification.association``.
"""

from ..identification.association import (
    AbstractPluginAssociator,
    BasePgAssociator,
    DeviceSupport,
    ReverseAlphabeticConflictSolver,
)

__all__ = [
    "AbstractPluginAssociator",
    "BasePgAssociator",
    "DeviceSupport",
    "ReverseAlphabeticConflictSolver",
]

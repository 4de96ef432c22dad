"""
Public name for plugins: see ``provd.identification.association``.
"""

from provd.identification.association import (
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

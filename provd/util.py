"""
Public name for plugins: see ``provd.addresses``.
"""

from .addresses import (
    format_mac,
    from_ip,
    from_mac,
    is_normed_ip,
    is_normed_mac,
    is_normed_uuid,
    norm_ip,
    norm_mac,
    norm_uuid,
    to_ip,
    to_mac,
)

__all__ = [
    "format_mac",
    "from_ip",
    "from_mac",
    "is_normed_ip",
    "is_normed_mac",
    "is_normed_uuid",
    "norm_ip",
    "norm_mac",
    "norm_uuid",
    "to_ip",
    "to_mac",
]

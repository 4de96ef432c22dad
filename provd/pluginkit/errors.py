"""
What plugins raise to refuse a raw config, and what the kit raises to refuse a parameter.
"""

from __future__ import annotations

from provd.errors import ProvdError

__all__ = ["InvalidParameterError", "RawConfigError", "RawConfigParamError"]


class RawConfigError(Exception):
    """
    A raw config lacks what the plugin needs; the device stays unconfigured.
    """


class RawConfigParamError(RawConfigError):
    """
    One parameter of a raw config has a value that the plugin can't use.
    """


class InvalidParameterError(ProvdError):
    """
    A value that a configure service refuses.
    """

    http_status = 400
    error_id = "invalid-parameter"

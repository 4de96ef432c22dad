"""
Public name for plugins: see ``provd.model.operation``.
"""

from .model.operation import OIP_FAIL, OIP_PROGRESS, OIP_SUCCESS, OIP_WAITING, OperationInProgress

__all__ = ["OIP_FAIL", "OIP_PROGRESS", "OIP_SUCCESS", "OIP_WAITING", "OperationInProgress"]

"""
Services that answer TFTP requests, for plugins.
"""

from ...tftp.readservices import (
    TFTPFileService,
    TFTPHookService,
    TFTPLogService,
    TFTPNullService,
    TFTPStringService,
)
from ...tftp.requests import TFTPRequest

__all__ = [
    "TFTPFileService",
    "TFTPHookService",
    "TFTPLogService",
    "TFTPNullService",
    "TFTPRequest",
    "TFTPStringService",
]

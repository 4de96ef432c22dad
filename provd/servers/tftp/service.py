"""
Services that answer TFTP requests, for plugins.
"""

from provd.tftp.readservices import (
    TFTPFileService,
    TFTPHookService,
    TFTPLogService,
    TFTPNullService,
    TFTPStringService,
)
from provd.tftp.requests import TFTPRequest

__all__ = [
    "TFTPFileService",
    "TFTPHookService",
    "TFTPLogService",
    "TFTPNullService",
    "TFTPRequest",
    "TFTPStringService",
]

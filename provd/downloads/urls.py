"""
URLs that can be fetched from.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from provd.errors import DownloadError

__all__ = ["PORTS", "parts_of"]

PORTS = {"http": 80, "https": 443, "ftp": 21}
"""By scheme, where a URL names none."""


def parts_of(url: str) -> SplitResult:
    """
    Return the parts of a URL.

    :raises DownloadError: if nothing can be fetched from it.
    """
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fine = False
    if not is_fine:
        raise DownloadError(url, "isn't an http, https or ftp URL")
    return parts

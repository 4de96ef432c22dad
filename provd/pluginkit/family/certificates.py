"""
Certificates of a raw config as files for phones to fetch.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from .reports import Report

__all__ = ["FOLDER", "bundled", "certificate_files"]

FOLDER = "certificates"
"""Below the folder that the plugin serves."""

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----", re.ASCII)


def certificate_files(raw_config: Mapping[str, Any], parameter: str, report: Report) -> dict[str, bytes]:
    """
    Return the certificates that a parameter lists, as file name -> content, in its order.

    The name is that of the content: phones with the same certificate share a file, and a new certificate is
    a new file, which the phone fetches.

    :param parameter: such as ``"sip_servers_root_and_intermediate_certificates"``.
    """
    files = {}
    for index, text in enumerate(raw_config.get(parameter) or []):
        match = _PEM.search(str(text))
        if match is None:
            report.add(f"{parameter}.{index}", "isn't a certificate in PEM")
        else:
            content = match.group().replace("\r", "").encode("ascii") + b"\n"
            files[_name(content)] = content
    return files


def bundled(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """
    Return certificates as one file that holds all of them in their order, for phones that fetch one; no file
    if there are none.
    """
    content = b"".join(files.values())
    return {_name(content): content} if content else {}


def _name(content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()[:32]}.pem"

"""
Certificates of a raw config as phones take them.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from .reports import Report

__all__ = ["FOLDER", "Form", "certificate_files"]

FOLDER = "certificates"
"""Below the folder that the plugin serves."""

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END CERTIFICATE-----", re.ASCII)


class Form(Enum):
    """
    How phones get certificates.
    """

    PEM = "pem"
    """Each as a file of its own, in PEM."""
    DER = "der"
    """Each as a file of its own, in DER."""
    CHAIN = "chain"
    """All in one file, in PEM."""
    INLINE = "inline"
    """Within their configuration, in PEM."""


def certificate_files(
    raw_config: Mapping[str, Any], parameter: str, report: Report, form: Form = Form.PEM
) -> dict[str, bytes]:
    """
    Return the certificates that a parameter lists, as file name -> content, in its order.

    The name is that of the content: phones with the same certificate share a file, and a new certificate is
    a new file, which the phone fetches.

    :param parameter: such as ``"sip_servers_root_and_intermediate_certificates"``.
    """
    contents = []
    for index, text in enumerate(raw_config.get(parameter) or []):
        match = _PEM.search(str(text))
        content = match and (_in_der(match[1]) if form is Form.DER else _in_pem(match[0]))
        if content:
            contents.append(content)
        else:
            report.add(f"{parameter}.{index}", "isn't a certificate in PEM")
    if form is Form.CHAIN and contents:
        contents = [b"".join(dict.fromkeys(contents))]
    ending = "der" if form is Form.DER else "pem"
    return {f"{hashlib.sha256(content).hexdigest()[:32]}.{ending}": content for content in contents}


def _in_pem(text: str) -> bytes:
    return text.replace("\r", "").encode("ascii") + b"\n"


def _in_der(base64: str) -> bytes | None:
    try:
        return binascii.a2b_base64("".join(base64.split()), strict_mode=True)
    except binascii.Error:
        return None

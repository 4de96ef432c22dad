"""
Provisioning codes: the digits that a user dials to make a phone theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from provd.addresses import is_normed_uuid, norm_uuid

__all__ = ["CODE", "RESET", "TENANT", "code_mistakes", "is_code", "tenant_of"]

CODE = "X_provisioning_code"
"""Key of a config, at its top: the code that gives a phone this config.  It is a secret, as it opens an
account."""

TENANT = "X_tenant_uuid"
"""Key of a config, at its top: the tenant that a new phone moves to when it is given this config by code."""

RESET = "autoprov"
"""The code that takes a phone back to the pool."""

_CODE = re.compile(r"[0-9]{1,32}", re.ASCII)


def is_code(text: str) -> bool:
    """
    Tell whether a config may have this code.
    """
    return _CODE.fullmatch(text) is not None


def code_mistakes(config: Mapping[str, Any]) -> dict[str, str]:
    """
    Return what is wrong with a config's code and its tenant, by key, without their values.
    """
    mistakes: dict[str, str] = {}
    code, tenant = config.get(CODE), config.get(TENANT)
    if code is not None and not (isinstance(code, str) and is_code(code)):
        mistakes[CODE] = "isn't a text of 1 to 32 digits"
    if tenant is not None and not (isinstance(tenant, str) and is_normed_uuid(tenant)):
        mistakes[TENANT] = "isn't a UUID in lower case"
    return mistakes


def tenant_of(config: Mapping[str, Any]) -> str | None:
    """
    Return the tenant that new phones move to with a config, None if they stay where they are.

    :raises ValueError: if it names what can't be one, as a file that was edited by hand may.
    """
    tenant = config.get(TENANT)
    if tenant is None:
        return None
    if not isinstance(tenant, str):
        raise ValueError("not a UUID")
    return norm_uuid(tenant)

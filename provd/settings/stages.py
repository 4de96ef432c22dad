"""
The stages of identification as settings name them: a variant, or a list of steps in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from . import fields

_DOTTED_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", re.ASCII)

EXTRACTORS = ("standard", "all_plugins")
RETRIEVERS = ("mac", "sn", "uuid", "ip", "add")
UPDATERS = ("outdated_ip", "add_info", "ip_and_version", "plugin_association", "autocreate_config")
STEPS = {"info_extractor": EXTRACTORS, "retriever": RETRIEVERS, "updater": UPDATERS}
"""The short names of each stage."""

VARIANTS: dict[str, dict[str, tuple[str, ...]]] = {
    "info_extractor": {"default": ("all_plugins", "standard")},
    "retriever": {"default": RETRIEVERS, "secure": ("mac", "sn", "ip")},
    "updater": {"default": UPDATERS, "secure": ()},
}
"""What the variant names of each stage stand for."""


def check(stage: str) -> Callable[[Any], tuple[str, ...]]:
    """
    Return the check for one stage, which gives the steps: short names, or dotted paths of a site's classes.
    """
    known, variants = STEPS[stage], VARIANTS[stage]

    def steps(value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            if value not in variants:
                lists = " or ".join(variants)
                raise ValueError(f"{fields.shown(value)} isn't {lists}, nor a list of {', '.join(known)}")
            return variants[value]
        for name in (given := fields.names(value)):
            if name not in known and not _DOTTED_PATH.fullmatch(name):
                raise ValueError(
                    f"{fields.shown(name)} isn't one of {', '.join(known)}, nor package.module.Class"
                )
        return given

    return steps

"""
Media types of the API: two vendor types that mean the same, and plain JSON.
"""

from __future__ import annotations

__all__ = ["JSON", "TYPES", "VENDOR", "VENDORS", "answer_type", "is_acceptable", "is_json"]

VENDOR = "application/vnd.accent.provd+json"
JSON = "application/json"
VENDORS = (VENDOR, "application/vnd.proformatique.provd+json")
TYPES = (*VENDORS, JSON)


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def is_json(content_type: str | None) -> bool:
    """
    Tell whether a ``Content-Type`` is one that bodies may have; its parameters don't count.
    """
    return content_type is not None and _bare(content_type) in TYPES


def _accepted(accept: str) -> list[str]:
    """
    Return the types and ranges of an ``Accept`` header, but for those with a quality of 0.
    """
    accepted = []
    for item in accept.split(","):
        media_type, *parameters = item.split(";")
        qualities = [text.strip()[2:] for text in parameters if text.strip().lower().startswith("q=")]
        if not any(_is_zero(quality) for quality in qualities):
            accepted.append(_bare(media_type))
    return accepted


def _is_zero(quality: str) -> bool:
    try:
        return float(quality) == 0
    except ValueError:
        return False


def is_acceptable(accept: str | None) -> bool:
    """
    Tell whether a caller with this ``Accept`` header takes JSON.
    """
    if accept is None or not accept.strip():
        return True
    return any(item in TYPES or item in ("*/*", "application/*") for item in _accepted(accept))


def answer_type(accept: str | None, content_type: str | None) -> str:
    """
    Return the type of an answer: the vendor type that ``Accept`` names, else that of the request's body, else
    our own.
    """
    named = [*_accepted(accept or ""), _bare(content_type or "")]
    return next((item for item in named if item in VENDORS), VENDOR)

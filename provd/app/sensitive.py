"""
Which files hold secrets, by their plugin's word.
"""

from __future__ import annotations

from typing import Any

from twisted.logger import Logger

_log = Logger()


def is_sensitive(plugin: Any, name: str, stranger: str = "?") -> bool:
    """
    Tell whether a plugin calls a file sensitive; one that can't say so is taken for yes.

    :param name: the bare file name.
    :param stranger: the address that chose it, for the limits of the log.
    """
    judge = getattr(plugin, "is_sensitive_filename", None)
    try:
        return judge is not None and bool(judge(name))
    except Exception:
        _log.failure("{plugin} could not judge a file name", plugin=plugin.id, stranger=stranger)
        return True

"""
How Polycom's files spell values.
"""

import re

_NOT_IN_ACTIONS = re.compile(r"[$!^']")


def is_dialable(code):
    """
    Tell whether a code can be part of the action of a soft key, in which some characters are commands.
    """
    return _NOT_IN_ACTIONS.search(code) is None


def at_most(text, size):
    """
    Return as much of a text as has at most ``size`` bytes in UTF-8.
    """
    return text.encode("utf-8")[:size].decode("utf-8", "ignore")

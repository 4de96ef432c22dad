"""
How Yealink's files spell values.
"""

NULL = "%NULL%"
"""The factory value; an empty value would leave what the phone has."""


def or_null(value):
    """
    Return a value as the phone will read it, without the blanks at its ends.
    """
    return ("" if value is None else str(value)).strip() or NULL

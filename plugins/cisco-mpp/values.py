"""
How these phones' files spell values.  An empty element clears what the phone has, a missing one leaves it.
"""


def text(value):
    """
    Return a value as the phone will read it, without the blanks at its ends.
    """
    return ("" if value is None else str(value)).strip()


def switch(is_on):
    return "Yes" if is_on else "No"

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


def without_blanks(value, parameter, report):
    """
    Return a secret as the phone will read it; reported if that isn't what the configuration says.
    """
    if value != value.strip():
        report.add(parameter, "the phone drops the blanks at its ends")
    return value.strip()

"""
How Aastra's files spell values.  A setting that they don't have is back at its factory value when the phone
has read them; only what was set on the phone itself stays.
"""

NOWHERE = ("0.0.0.0", 0)


def text(value, parameter, report):
    """
    Return a value as the phone reads it.  In quotes, the blanks at its ends count and ``#`` begins no
    comment; there is no way to write a quote between them.

    :param parameter: reported if the value has none that the phone could read.
    """
    value = "" if value is None else str(value)
    if "#" not in value and value == value.strip() and not value.startswith('"'):
        return value
    if '"' in value:
        report.add(parameter, "the phone's files hold no quote beside # or blanks at the ends: it is empty")
        return ""
    return f'"{value}"'

"""
How Gigaset's files spell values.
"""


def switch(is_on):
    return 1 if is_on else 0


def on_off(is_on):
    return "on" if is_on else "off"


def words(value, parameter, report):
    """
    Return a text for within the quotes that a ProviderFrame has around texts: it ends at the first quote.
    """
    if '"' in value:
        report.add(parameter, "the base takes no double quotes: they are left out")
    return value.replace('"', "")

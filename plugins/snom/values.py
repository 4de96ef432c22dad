"""
How Snom's files spell values.
"""


def on_off(is_on):
    return "on" if is_on else "off"

"""
Snom phones, all models and firmware generations that read XML.
"""

_common = {}
execfile_("common.py", _common)


class SnomPlugin(_common["BaseSnomPlugin"]):
    IS_PLUGIN = True

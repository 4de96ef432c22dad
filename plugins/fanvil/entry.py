"""
Fanvil and Linkvil phones, all models and firmware generations.
"""

_common = {}
execfile_("common.py", _common)


class FanvilPlugin(_common["BaseFanvilPlugin"]):
    IS_PLUGIN = True

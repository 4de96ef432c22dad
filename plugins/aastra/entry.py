"""
Aastra phones and those of Mitel that came after them: 480i, 67xxi, 68xxi, 69xx, 9xxxi.
"""

_common = {}
execfile_("common.py", _common)


class AastraPlugin(_common["BaseAastraPlugin"]):
    IS_PLUGIN = True

"""
Yealink phones, all models and firmware branches.
"""

_common = {}
execfile_("common.py", _common)


class YealinkPlugin(_common["BaseYealinkPlugin"]):
    IS_PLUGIN = True

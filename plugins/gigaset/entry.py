"""
Gigaset's DECT bases and desk phones.
"""

_common = {}
execfile_("common.py", _common)


class GigasetPlugin(_common["BaseGigasetPlugin"]):
    IS_PLUGIN = True

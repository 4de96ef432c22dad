"""
SPA phones and analog adapters of Linksys and Cisco, all models and firmware branches.
"""

_common = {}
execfile_("common.py", _common)


class CiscoSPAPlugin(_common["BaseCiscoSPAPlugin"]):
    IS_PLUGIN = True

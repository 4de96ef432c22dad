"""
Cisco's multiplatform phones (3PCC), all models and firmware generations.
"""

_common = {}
execfile_("common.py", _common)


class CiscoMPPPlugin(_common["BaseCiscoMPPPlugin"]):
    IS_PLUGIN = True

"""
Polycom (Poly) phones that speak UCS: SoundPoint IP, SoundStation IP, VVX, Trio, CCX and Edge E.
"""

_common = {}
execfile_("common.py", _common)


class PolycomPlugin(_common["BasePolycomPlugin"]):
    IS_PLUGIN = True

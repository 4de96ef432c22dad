"""
Grandstream phones, DECT bases, adapters and gateways, all models and firmware generations.
"""

_common = {}
execfile_("common.py", _common)


class GrandstreamPlugin(_common["BaseGrandstreamPlugin"]):
    IS_PLUGIN = True

# -*- coding: utf-8 -*-

common = {}
execfile_('common.py', common)

MODEL_VERSIONS = {'A1': '1.0', 'A2': '1.0'}


class AcmePlugin(common['BaseAcmePlugin']):
    IS_PLUGIN = True

    pg_associator = common['BaseAcmePgAssociator'](MODEL_VERSIONS)

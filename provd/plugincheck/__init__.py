"""
Tells an author what is wrong with a plugin, without a daemon or a phone.
"""

"""
Public names for plugins.
"""

"""
What authors of plugins build on.
"""

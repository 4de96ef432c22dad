"""
Documents on disk.
"""

"""
Time-zone rules as phones need them.
"""

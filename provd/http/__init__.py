"""
The HTTP server for phones.
"""

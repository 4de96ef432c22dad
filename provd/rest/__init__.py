"""
The API of administrators.
"""

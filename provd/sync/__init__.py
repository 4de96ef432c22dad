"""
Asking a phone to fetch its configuration again.
"""

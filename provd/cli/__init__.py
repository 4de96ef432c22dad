"""
The command line of administrators.
"""

"""
The settings of the daemon.
"""

"""
accent-provd: the phone provisioning server of a PBX.
"""

__version__ = "0.1.0"

"""
SIP over UDP, as far as it is needed to notify phones (RFC 3261).
"""

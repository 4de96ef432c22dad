"""
SIP multicast plug and play: phones ask the network for the URL of their files (RFC 6080, as phones speak it).
"""

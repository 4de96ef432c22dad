"""
DHCP servers that give phones the URL of this server: what their configuration must hold.
"""

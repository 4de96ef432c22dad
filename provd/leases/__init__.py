"""
News of leases on their way from a DHCP server: the program that it calls, the socket, what a datagram says.
"""

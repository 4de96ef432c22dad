"""
Plain values and rules: no reactor, file or socket.
"""

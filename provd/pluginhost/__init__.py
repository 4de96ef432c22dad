"""
What the daemon does with plugins: unpack, load, call.
"""

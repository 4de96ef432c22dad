"""
Packages that a plugin can fetch and install, such as firmware: what they are, how their files are unpacked.
"""

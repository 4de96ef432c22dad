"""
Settings to services, and their start and stop.
"""

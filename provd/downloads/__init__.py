"""
What the daemon fetches itself: repositories of plugins, their packages, phones' firmware.
"""

"""
What the daemon does, in numbers, for Prometheus.
"""

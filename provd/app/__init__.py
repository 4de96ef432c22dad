"""
What may be done with devices, configs and plugins, whichever door asks.
"""

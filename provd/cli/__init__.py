"""
``provd-cli``, the administrator's command.
"""

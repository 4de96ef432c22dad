"""
Which phone sent this request?
"""

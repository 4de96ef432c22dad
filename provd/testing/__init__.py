"""
Fakes for this test suite and for authors of plugins.
"""

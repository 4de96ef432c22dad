"""
Proof, from its source, that what an extractor says depends on the request alone.
"""

"""
What the shipped phone families share.  A family is data (its models, its branches, what its phones send)
and the few functions in its plugin that spell the neutral parameters its own way.

An extractor of this package has ``REMEMBERABLE = True``: its ``extract()`` depends on nothing but
``request.path``, ``request.args`` and the ``User-Agent`` header (HTTP), or the packet's file name (TFTP),
so that the daemon may remember what it answered.
"""

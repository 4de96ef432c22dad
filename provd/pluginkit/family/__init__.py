"""
What the shipped phone families share.  A family is data (its models, its branches, what its phones send)
and the few functions in its plugin that spell the neutral parameters its own way:

* ``models.yml`` (:mod:`.phones`): what each model has and what firmware branches change;
* ``identity.yml`` (:mod:`.identity`): what its phones send, and so who they are;
* ``templates/``: the files, in the vendor's format;
* a subclass of :class:`.plugin.FamilyPlugin`: names of the files, and the context of the templates, made
  with :mod:`.lines`, :mod:`.keys`, :mod:`.clock`, :mod:`.network`, :mod:`.accounts`, :mod:`.firmware`,
  :mod:`.tables` and a :class:`.reports.Report`.

Its tests are data as well: see ``tests/plugins/kit.py``.

An extractor of this package has ``REMEMBERABLE = True``: its ``extract()`` depends on nothing but
``request.path``, ``request.args`` and the ``User-Agent`` header (HTTP), or the packet's file name (TFTP),
so that the daemon may remember what it answered.
"""

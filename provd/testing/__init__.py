"""
Fakes for this test suite and for authors of plugins.
"""

from __future__ import annotations

__all__ = ["install_aliases"]


def install_aliases() -> None:
    """
    Make provd importable as ``accent_provd`` and ``wazo_provd``, as it is inside the running daemon: before a
    plugin is loaded that imports it so.
    """
    from provd.pluginhost import aliases  # here, as a fake reactor needs no plugins

    aliases.install()

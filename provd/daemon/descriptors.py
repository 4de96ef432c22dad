"""
How many sockets and files the daemon may hold, and how they are shared out.
"""

from __future__ import annotations

import resource

_WANTED = 65536


def raise_descriptor_limit() -> None:
    """
    Take as many descriptors as an unprivileged process may: the usual soft limit of 1,024 is for ``select``.

    A limit below that was set on purpose and stays.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(hard, _WANTED)
    if 1024 <= soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections() -> int:
    """
    Return how many TCP connections one listener may hold: three of them and TFTP leave room for files.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(soft // 4, 32)

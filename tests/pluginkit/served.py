"""
Files for phones, and the asking for them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

from tests.http.wire import Answer

#: Files up to this size are sent at once.
SMALL = 1 << 20
MTIME = 1_700_000_000
DATE = formatdate(MTIME, usegmt=True)
#: ``get(path, method="GET", **headers)``
Get = Callable[..., Answer]


def put(path: Path, content: bytes = b"hello") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (MTIME, MTIME))
    return path

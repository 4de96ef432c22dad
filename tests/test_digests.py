"""
Digests of files.
"""

from __future__ import annotations

import hashlib
from io import BytesIO

import pytest

from provd.digests import hexdigests


@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 256 * 1024 + 1])
def test_all_digests_are_of_the_whole_file(size: int) -> None:
    content = b"x" * size
    assert hexdigests(BytesIO(content), ["sha1", "sha256"]) == {
        "sha1": hashlib.sha1(content).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def test_a_digest_that_is_not_known_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="sha-none"):
        hexdigests(BytesIO(), ["sha-none"])

"""
Query fields as plugins ask for them.
"""

from typing import Any

import pytest

from provd.http.arguments import Arguments


@pytest.mark.parametrize("name", [b"mac", "mac"])
def test_bytes_and_text_find_the_same(name: Any) -> None:
    arguments = Arguments({b"mac": [b"1", b"2"]})
    assert name in arguments
    assert arguments[name] == arguments.get(name) == [b"1", b"2"]
    assert arguments == {b"mac": [b"1", b"2"]}


@pytest.mark.parametrize("name", [b"sn", "sn", "\udcff", 1, None])
def test_what_is_not_there_is_not_found(name: Any) -> None:
    arguments = Arguments({b"mac": [b"1"]})
    assert name not in arguments
    assert arguments.get(name, [None])[0] is None
    with pytest.raises(KeyError):
        arguments[name]

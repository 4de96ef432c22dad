from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.addresses import is_normed_mac, is_normed_uuid
from provd.identification.deviceinfo import tells_nothing, usable
from provd.model.device import DEVICE_INFO_KEYS


class Broken(dict[str, str]):
    pass


@pytest.mark.parametrize(
    ("said", "info"),
    [
        ({"mac": "00:15:65:aa:0b:1c", "vendor": "Acme"}, {"mac": "00:15:65:aa:0b:1c", "vendor": "Acme"}),
        ({"mac": "001565AA0B1C"}, {"mac": "00:15:65:aa:0b:1c"}),
        ({"mac": "nonsense", "model": "X1"}, {"model": "X1"}),
        ({"ip": "::ffff:192.0.2.7"}, {"ip": "192.0.2.7"}),
        ({"ip": "2001:DB8::1"}, {"ip": "2001:db8::1"}),
        ({"uuid": "5F6C0000-0000-4000-8000-00000000000A"}, {"uuid": "5f6c0000-0000-4000-8000-00000000000a"}),
        ({"uuid": "5f6c"}, None),
        ({"vendor": None, "model": "", "version": 3, "sn": b"1"}, None),
        ({"sn": ["1"], "version": {"a": "b"}}, None),
        ({"model": "x" * 256}, {"model": "x" * 256}),
        ({"model": "x" * 257}, None),
        ({"id": "x", "plugin": "y", "tenant_uuid": "z", 1: "a", None: "b", ("c",): "d"}, None),
        (Broken(vendor="Acme"), {"vendor": "Acme"}),
        ({}, None),
        (None, None),
        (True, None),
        ("vendor", None),
        ([("vendor", "Acme")], None),
        (object(), None),
    ],
)
def test_what_an_extractor_said_is_used_as_far_as_it_can_be(said: Any, info: Any) -> None:
    assert usable(said) == info


def test_the_answer_is_a_copy() -> None:
    said = {"vendor": "Acme"}
    info = usable(said)
    assert info == said
    assert info is not said


values = st.one_of(st.none(), st.text(), st.binary(), st.integers(), st.lists(st.text()), st.floats())


@settings(deadline=None)
@given(st.dictionaries(st.one_of(st.sampled_from(DEVICE_INFO_KEYS), st.text(), st.integers()), values))
def test_anything_at_all_gives_normalized_texts_under_known_keys_or_nothing(said: dict[Any, Any]) -> None:
    info = usable(said)
    assert info is None or info.keys() <= set(DEVICE_INFO_KEYS)
    for key, value in (info or {}).items():
        assert isinstance(value, str)
        assert 0 < len(value) <= 256
        assert key != "mac" or is_normed_mac(value)
        assert key != "uuid" or is_normed_uuid(value)
    assert info is None or usable(info) == info


def test_an_address_alone_tells_nothing() -> None:
    assert tells_nothing({})
    assert tells_nothing({"ip": "192.0.2.1"})
    assert not tells_nothing({"ip": "192.0.2.1", "version": "1"})

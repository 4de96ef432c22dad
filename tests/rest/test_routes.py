"""
Paths of the API.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.rest.routes import Route

INFO = Route("/pg_mgr/plugins/{plugin_id}/info")


@pytest.mark.parametrize("path", ["/0.2/pg_mgr/plugins/zero/info", "/0.2/pg_mgr/plugins/zero/info/"])
def test_a_slash_at_the_end_makes_no_difference(path: str) -> None:
    assert INFO.values(path) == {"plugin_id": "zero"}


@pytest.mark.parametrize("path", ["/0x2/pg_mgr/plugins/zero/info", "/0.2/pg_mgr/plugins/a/b/info", "/0.2"])
def test_other_paths_do_not_fit(path: str) -> None:
    assert re.fullmatch(INFO.pattern, path) is None


def test_a_segment_that_is_not_utf_8_names_nothing() -> None:
    assert INFO.values("/0.2/pg_mgr/plugins/%ff/info") is None


def test_a_plus_is_a_plus() -> None:
    assert INFO.values("/0.2/pg_mgr/plugins/a+b/info") == {"plugin_id": "a+b"}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_name_comes_back_from_its_path(name: str) -> None:
    path = INFO.path({"plugin_id": name})
    assert re.fullmatch(INFO.pattern, path)
    assert INFO.values(path) == {"plugin_id": name}

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugincheck.acme import GOOD, wrong


def with_base(text: str, **others: str) -> dict[str, str]:
    return {
        **GOOD,
        "templates/base.tpl": text,
        **{f"templates/{name}.tpl": text for name, text in others.items()},
    }


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("a\n{% if %}", "line 2: Expected an expression, got 'end of statement block'"),
        ("{{ 1|frobnicated }}", "line 1: No filter named 'frobnicated'."),
        ("a\n{% if 0 %}{% include 'none.tpl' %}{% endif %}", "line 2: there is no template none.tpl"),
        ("{% extends 'none.tpl' %}", "line 1: there is no template none.tpl"),
    ],
)
def test_template_that_is_not_used(tmp_path: Path, text: str, mistake: str) -> None:
    files = {**GOOD, "templates/common/other.tpl": text}
    assert wrong(tmp_path, files) == [f"templates: templates/common/other.tpl, {mistake}"]


def test_template_that_is_not_text(tmp_path: Path) -> None:
    folder = tmp_path / "acme" / "templates"
    folder.mkdir(parents=True)
    (folder / "other.tpl").write_bytes(b"\xff")
    (mistake,) = wrong(tmp_path, GOOD)
    assert mistake.startswith("templates: templates/other.tpl can't be read: ")


@pytest.mark.parametrize(
    "text",
    [
        "{% include 'none.tpl' ignore missing %}",
        "{% set name = 'part.tpl' %}{% include name %}",
        "{{ none_|d('') }}",
    ],
)
def test_template_with_nothing_wrong(tmp_path: Path, text: str) -> None:
    assert wrong(tmp_path, with_base(text, part="")) == []


def test_each_name_that_the_context_lacks_is_told(tmp_path: Path) -> None:
    files = with_base(
        "{{ one }}\n{% if two %}{% endif %}{{ three|length }}\n{% include 'part.tpl' %}\n{{ four == 4 }}",
        part="\n{% for _ in five %}{% endfor %}{% macro m(line) %}{{ line.six }}{% endmacro %}{{ m({}) }}",
    )
    assert wrong(tmp_path, files) == [
        "templates: templates/base.tpl, line 1: 'one' is undefined",
        "templates: templates/base.tpl, line 2: 'two' is undefined",
        "templates: templates/base.tpl, line 2: 'three' is undefined",
        "templates: templates/part.tpl, line 2: 'five' is undefined",
        "templates: templates/part.tpl, line 2: 'dict object' has no attribute 'six'",
        "templates: templates/base.tpl, line 4: 'four' is undefined",
    ]


def test_name_that_fails_however_lenient_one_is(tmp_path: Path) -> None:
    assert wrong(tmp_path, with_base("\n{{ one.two }}")) == [
        "devices: A1: configure failed: 'one' is undefined at templates/base.tpl, line 2"
    ]


def test_what_several_devices_show_is_told_once(tmp_path: Path) -> None:
    files = {**with_base("{{ one }}{{ sip_lines['1'].two.three }}")}
    del files["samples/devices.yml"]
    assert wrong(tmp_path, files) == [
        "devices: Acme, A1, * with autoprov: configure failed: 'dict object' has no attribute 'two'"
        " at templates/base.tpl, line 1 (and with 2 more)",
        "templates: templates/base.tpl, line 1: 'one' is undefined",
    ]

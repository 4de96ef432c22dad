from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.pluginkit.family.templates import FamilyTemplates, XMLTemplates
from provd.pluginkit.family.values import one_line

BASE = """<top>
{% for value in values %}
  {% if value %}
  <v a="{{ value }}">{{ value }}</v>
  {% endif %}
{% endfor %}
</top>
"""


def templates(folder: Path, kind: type[FamilyTemplates]) -> FamilyTemplates:
    (folder / "templates").mkdir()
    (folder / "templates" / "base.tpl").write_text(BASE)
    return kind(str(folder))


def test_lines_of_statements_leave_none_behind(tmp_path: Path) -> None:
    found = templates(tmp_path, FamilyTemplates)
    text = found.render(found.get_template("base.tpl"), {"values": ["<", "", "b"]}).decode()
    assert text == '<top>\n  <v a="<"><</v>\n  <v a="b">b</v>\n</top>\n'


@pytest.fixture(scope="module")
def xml_templates(tmp_path_factory: pytest.TempPathFactory) -> FamilyTemplates:
    return templates(tmp_path_factory.mktemp("xml"), XMLTemplates)


@given(st.text(min_size=1))
def test_any_value_survives_xml(xml_templates: FamilyTemplates, text: str) -> None:
    values = [one_line(text), "'\"<R&D>]]>"]
    content = xml_templates.render(xml_templates.get_template("base.tpl"), {"values": values})
    read = [(element.get("a"), element.text) for element in ElementTree.fromstring(content)]
    assert read == [(value, value) for value in values if value]

import json
import re
from pathlib import Path
from typing import Any

import yaml

from provd.settings.check import settings_from
from provd.settings.load import load
from provd.settings.model import Settings
from provd.settings.oldnames import unknown_keys
from provd.settings.section import Section, section_of

FOLDER = Path(__file__).parents[2] / "etc" / "accent-provd"
SHIPPED = FOLDER / "config.yml"

# A key in a comment, "# name: value", or a section, "name:".
KEY = re.compile(r"^( *)(?:# )?([a-z_]+:(?: (?:\S+|\[\]|\{\}))?)$", re.MULTILINE)


def uncommented() -> dict[str, Any]:
    lines = [f"{indent}{key}" for indent, key in KEY.findall(SHIPPED.read_text())]
    values = yaml.safe_load("\n".join(lines))
    assert isinstance(values, dict)
    return values


def dotted(model: type[Section], prefix: str = "") -> set[str]:
    names = set()
    for key, field in model.model_fields.items():
        section = section_of(field)
        names |= dotted(section, f"{prefix}{key}.") if section else {prefix + key}
    return names


def dotted_keys(values: dict[str, Any], prefix: str = "") -> set[str]:
    names = set()
    for key, value in values.items():
        names |= (
            dotted_keys(value, f"{prefix}{key}.") if isinstance(value, dict) and value else {prefix + key}
        )
    return names


def test_the_shipped_file_sets_nothing() -> None:
    assert load(SHIPPED, environ={}) == (Settings(), [], ())


def test_the_values_in_its_comments_are_the_defaults() -> None:
    assert settings_from(uncommented()) == Settings()
    assert unknown_keys(uncommented()) == []


def test_every_setting_stands_in_it() -> None:
    assert dotted_keys(uncommented()) == dotted(Settings)


def test_the_base_raw_config_holds_one_comment() -> None:
    assert list(json.loads((FOLDER / "base_raw_config.json").read_text())) == ["X_comment"]

"""
``dhcp.yml``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from provd.model.phoneclass import PhoneOption
from provd.pluginkit.phoneclasses import read_phone_classes

PLUGINS = Path(__file__).parents[2] / "plugins"
URL = {"code": 66, "value": "url"}
ACME = {"name": "acme", "option_60": ["Acme "], "options": [URL]}


def read(folder: Path, *classes: Any) -> Any:
    (folder / "dhcp.yml").write_text(yaml.safe_dump({"classes": list(classes)}))
    return read_phone_classes(folder)


def test_plugin_without_the_file_has_no_classes(tmp_path: Path) -> None:
    assert read_phone_classes(tmp_path) == ()


def test_classes_are_read(tmp_path: Path) -> None:
    (tmp_path / "identity.yml").write_text('vendor: Acme\nmac_prefixes: ["00:11:22", "00:AA:BB:CC"]\n')
    options = [
        URL,
        {"code": 43, "suboption": 2, "value": "host"},
        {"code": 160, "value": "url", "path": "$m.c"},
    ]
    base = {"name": "base-2", "mac_prefixes": "identity.yml", "option_60_ends": ["-B"], "options": options}
    acme, read_base = read(tmp_path, ACME, base)
    assert (acme.name, acme.option_60, acme.mac_prefixes) == ("acme", ("Acme ",), ())
    assert read_base.mac_prefixes == ("00:11:22", "00:aa:bb:cc")
    assert read_base.options[1] == PhoneOption(code=43, suboption=2, value="host")
    assert read_base.options[2].path == "$m.c"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "Acme"}, "classes.0.name"),
        ({"name": 'a"; drop'}, "classes.0.name"),
        ({"option_60": []}, "has nothing to tell its phones by"),
        ({"option_60": ['Ac"me']}, "classes.0.option_60.0"),
        ({"option_60": ["Acme\n"]}, "classes.0.option_60.0"),
        ({"option_60": ["A"]}, "classes.0.option_60.0"),
        ({"mac_prefixes": ["00:11"]}, "classes.0.mac_prefixes.0"),
        ({"mac_prefixes": ["00:11:22:33:44:55"]}, "classes.0.mac_prefixes.0"),
        ({"mac_prefixes": "nothing.yml"}, "nothing.yml can't be read"),
        ({"mac_prefixes": "../../etc/passwd"}, "isn't a file of the plugin"),
        ({"options": []}, "classes.0.options"),
        ({"options": [{"code": 66, "value": "smoke"}]}, "classes.0.options.0.value"),
        ({"options": [{"code": 255, "value": "url"}]}, "classes.0.options.0.code"),
        ({"options": [{"code": 67, "value": "url"}]}, "classes.0.options.0.code"),
        ({"options": [{"code": 150, "value": "url"}]}, "option 150 is addresses"),
        ({"options": [{"code": 66, "value": "addresses"}]}, "option 66 is no addresses"),
        ({"options": [{"code": 66, "value": "url", "path": "/a"}]}, "classes.0.options.0.path"),
        ({"options": [{"code": 66, "value": "url", "path": 'a"b'}]}, "classes.0.options.0.path"),
        ({"options": [{"code": 66, "value": "url", "path": "a\\b"}]}, "classes.0.options.0.path"),
        ({"options": [{"code": 66, "value": "host", "path": "a"}]}, "only a URL has a path"),
        ({"options": [{"code": 66, "suboption": 1, "value": "url"}]}, "only option 43 has suboptions"),
        ({"options": [URL, URL]}, "has an option twice"),
        ({"options": [{"code": 43, "value": "url"}, {"code": 43, "suboption": 1, "value": "url"}]}, "twice"),
        ({"colour": "red"}, "classes.0.colour"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError) as raised:
        read(tmp_path, {**ACME, **changes})
    assert told in str(raised.value)


def test_two_classes_of_a_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the same name"):
        read(tmp_path, ACME, ACME)


@pytest.mark.parametrize("content", ["", "- a", "classes: 7", "classes: [7]", "classes: [", "\x00", "a: b"])
def test_other_content_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "dhcp.yml").write_text(content)
    with pytest.raises(ValueError, match=r"dhcp\.yml"):
        read_phone_classes(tmp_path)


def test_each_family_that_is_shipped_has_its_classes() -> None:
    families = [path.parent for path in PLUGINS.glob("*/identity.yml")]
    assert len(families) >= 9
    names = [each.name for family in families for each in read_phone_classes(family)]
    assert all(read_phone_classes(family) for family in families)
    assert len(set(names)) == len(names)

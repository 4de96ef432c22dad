from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provd.errors import PluginError
from provd.pluginhost.loader import create_plugin, load_plugin_class
from provd.pluginkit.base import Plugin

INFO = {"version": "1.0", "description": "x", "capabilities": {}}
GOOD = """
from provd.plugins import StandardPlugin

class Base(StandardPlugin):
    IS_PLUGIN = False

class Good(Base):
    IS_PLUGIN = True

class Later(Good):
    pass
"""

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """
    Writes a plugin and returns its folder: ``write("code of entry.py", common="...", info={...})``.
    """

    def write(entry: str, info: Any = None, **others: str) -> str:
        (tmp_path / "plugin-info").write_text(json.dumps({**INFO, **(info or {})}))
        for name, code in {"entry": entry, **others}.items():
            (tmp_path / f"{name}.py").write_text(code)
        return str(tmp_path)

    return write


def test_the_first_class_that_says_it_is_one_is_the_plugin(write: Write) -> None:
    plugin_class = load_plugin_class("x", write(GOOD))
    assert plugin_class.__name__ == "Good"
    assert issubclass(plugin_class, Plugin)


def test_other_files_run_in_globals_of_their_own(write: Write) -> None:
    folder = write(
        "common = {}\nexecfile_('common.py', common)\nassert 'Base' not in globals()\n"
        "class P(common['Base']):\n    IS_PLUGIN = True\n",
        common="execfile_('deeper.py')\nfrom provd.plugins import Plugin\nclass Base(Plugin):\n    pass\n",
        deeper="DEEPER = 1\n",
    )
    assert load_plugin_class("x", folder).__name__ == "P"


def test_without_globals_another_file_runs_in_those_of_the_entry(write: Write) -> None:
    plugin_class = load_plugin_class(
        "x", write("execfile_('common.py')\nGood.FROM = found\n", common=GOOD + "found = 1")
    )
    assert vars(plugin_class)["FROM"] == 1


def test_globals_hold_nothing_but_execfile(write: Write) -> None:
    load_plugin_class(
        "x", write("assert set(globals()) == {'execfile_', '__builtins__'}, globals()\n" + GOOD)
    )


def test_each_load_starts_afresh(write: Write) -> None:
    folder = write("assert 'SEEN' not in globals()\nSEEN = 1\n" + GOOD)
    assert load_plugin_class("x", folder) is not load_plugin_class("x", folder)


def test_names_that_come_while_the_class_is_looked_for_do_no_harm(write: Write) -> None:
    defining = """
class Defining(type):
    @property
    def IS_PLUGIN(self):
        globals()['LATE'] = 1
        return False

class Late(StandardPlugin, metaclass=Defining):
    pass
"""
    entry = GOOD.replace("class Base", f"{defining}\nclass Base")
    assert load_plugin_class("x", write(entry)).__name__ == "Good"


TYPES = """
from __future__ import annotations
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, TypedDict

@dataclass
class D:
    a: int = 0
    b: list = field(default_factory=list)

class E(Enum):
    A = 1

class N(NamedTuple):
    a: int

class T(TypedDict):
    a: int
"""


def test_types_of_the_standard_library_work_in_a_plugin(write: Write) -> None:
    load_plugin_class("x", write(TYPES + GOOD))


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("x = (", "SyntaxError"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("import sys; sys.exit()", "SystemExit"),
        ("1/0", "ZeroDivisionError"),
        ("def f(): f()\nf()", "RecursionError"),
        ("execfile_('nothing.py')", "FileNotFoundError"),
        ("from . import common", "ImportError|KeyError"),
        ("", "defines no class"),
        ("class X:\n    IS_PLUGIN = True\n", "defines no class"),
        (
            "from provd.plugins import Plugin\nclass X(Plugin):\n    pass\nx = X(None, '', {}, {})\n",
            "defines no class",
        ),
    ],
)
def test_a_plugin_that_cannot_be_loaded_is_one_error(write: Write, entry: str, problem: str) -> None:
    with pytest.raises(PluginError, match=problem) as caught:
        load_plugin_class("brand-1", write(entry))
    assert caught.value.plugin_id == "brand-1"


def test_an_entry_that_is_not_utf_8_is_an_error(write: Write) -> None:
    folder = write("")
    Path(folder, "entry.py").write_bytes(b"x = '\xff'\n")
    with pytest.raises(PluginError, match="SyntaxError"):
        load_plugin_class("x", folder)


def test_a_missing_entry_or_info_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="plugin-info can't be read"):
        load_plugin_class("x", str(tmp_path))
    (tmp_path / "plugin-info").write_text(json.dumps(INFO))
    with pytest.raises(PluginError, match="FileNotFoundError"):
        load_plugin_class("x", str(tmp_path))


@pytest.mark.parametrize(
    ("info", "is_loaded"),
    [
        ({"plugin_iface_version_min": 0.2, "plugin_iface_version_max": 0.2}, True),
        ({"plugin_iface_version_min": 0.1}, True),
        ({"plugin_iface_version_max": 1}, True),
        ({"plugin_iface_version_min": 0.3}, False),
        ({"plugin_iface_version_max": 0.1}, False),
        ({"plugin_iface_version_min": "0.2"}, False),
        ({"plugin_iface_version_max": True}, False),
    ],
)
def test_the_interface_version_must_fit(write: Write, info: dict[str, Any], is_loaded: bool) -> None:
    folder = write(GOOD, info)
    assert load_plugin_class("x", folder, check_min=False, check_max=False)
    if is_loaded:
        load_plugin_class("x", folder)
    else:
        with pytest.raises(PluginError, match="plugin_iface_version"):
            load_plugin_class("x", folder)


def test_an_incompatible_plugin_is_not_run(write: Write, tmp_path: Path) -> None:
    folder = write(f"open({str(tmp_path / 'ran')!r}, 'w')", {"plugin_iface_version_min": 9})
    with pytest.raises(PluginError, match="plugin_iface_version_min"):
        load_plugin_class("x", folder)
    assert not (tmp_path / "ran").exists()


def test_a_plugin_is_made_with_its_settings_and_id() -> None:
    class Made(Plugin):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.arguments = arguments

    plugin = create_plugin(Made, "brand-1", "app", "/plugins/brand-1", {"proxies": {}}, {"username": "u"})
    assert isinstance(plugin, Made)
    assert plugin.arguments == ("app", "/plugins/brand-1", {"proxies": {}}, {"username": "u"})
    assert plugin.id == "brand-1"


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(1)])
def test_a_constructor_that_fails_is_one_error(error: BaseException) -> None:
    class Failing(Plugin):
        def __init__(self, *arguments: Any) -> None:
            raise error

    with pytest.raises(PluginError, match="brand-1: its constructor failed"):
        create_plugin(Failing, "brand-1", None, "/plugins/brand-1", {}, {})

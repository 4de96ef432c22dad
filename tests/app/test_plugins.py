from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from provd.app.plugins import Plugins
from provd.errors import PluginError
from tests.app.office import Office
from tests.logged import logged

GOOD = """
from provd.plugins import StandardPlugin
from provd.tzinform import get_timezone_info

SEEN = [get_timezone_info('Europe/Paris')['dst']['start']['day']]

class Good(StandardPlugin):
    IS_PLUGIN = True
    BLOCKING = False
    seen = SEEN

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self.gen_cfg, self.spec_cfg, self.common, self.closed = gen_cfg, spec_cfg, [], 0

    def configure_common(self, raw_config):
        self.common.append(raw_config)

    def close(self):
        self.closed += 1
"""
FAILING = (
    GOOD
    + """
    def configure_common(self, raw_config):
        raise ValueError(raw_config['admin_password'])

    def close(self):
        raise ValueError('s3cret')
"""
)
SECRET = "s3cret"


class Folder:
    """
    A folder of installed plugins, and what loads them.
    """

    def __init__(self, path: Path, iso: tuple[str, ...] = ()) -> None:
        self.path = path
        self.office = Office(plugins=())
        self.office.raw_configs._below["admin_password"] = SECRET
        self.office.calls._iso = iso
        self.proxies = {"http": "http://proxy:3128"}
        self.plugins = Plugins(
            path,
            self.office.manager,
            self.office.calls,
            self.office.raw_configs,
            lambda: {"tftp_port": 69, "proxies": self.proxies},
            lambda plugin_id: {"of": plugin_id},
        )

    def write(self, plugin_id: str, code: str) -> Path:
        folder = self.path / plugin_id
        (folder / "var" / "tftpboot").mkdir(parents=True)
        info = {"version": "1.0", "description": "x", "capabilities": {}}
        (folder / "plugin-info").write_text(json.dumps(info))
        (folder / "entry.py").write_text(code)
        return folder

    def run(self, coroutine: Any) -> Any:
        return self.office.reactor.result(Deferred.fromCoroutine(coroutine))

    def get(self, plugin_id: str) -> Any:
        return self.office.manager.get(plugin_id)


@pytest.fixture
def in_this_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(function: Callable[..., Any], *arguments: Any) -> Any:
        return function(*arguments)

    monkeypatch.setattr("provd.app.plugins.deferToThread", at_once)


@pytest.fixture
def folder(tmp_path: Path, in_this_thread: None) -> Folder:
    return Folder(tmp_path)


def test_a_plugin_is_made_with_what_it_counts_on_and_writes_its_common_files(folder: Folder) -> None:
    path = folder.write("good", GOOD)
    folder.run(folder.plugins.load("good", "the app"))
    plugin = folder.get("good")
    assert (plugin.id, plugin._plugin_dir) == ("good", str(path))
    assert plugin.gen_cfg == {"tftp_port": 69, "proxies": folder.proxies}
    assert plugin.gen_cfg["proxies"] is folder.proxies  # live
    assert plugin.spec_cfg == {"of": "good"}
    (raw_config,) = plugin.common
    assert raw_config == {**folder.office.raw_configs.base(), "admin_password": SECRET}


def test_one_plugin_that_fails_stops_no_other(folder: Folder) -> None:
    folder.write("broken", "raise ValueError('broken on purpose')")
    folder.write("failing", FAILING)
    folder.write("good", GOOD)
    folder.write("ends", "import sys; sys.exit()")
    (folder.path / "no-plugin").mkdir()
    with logged() as events:
        folder.run(folder.plugins.load_all("the app", sweep=False))
    loaded = [plugin_id for plugin_id, _ in folder.office.manager.items()]
    assert loaded == ["failing", "good"]  # without common files it is loaded all the same
    text = "\n".join(events.texts())
    assert "broken: entry.py failed: ValueError: broken on purpose" in text
    assert "failing: is loaded, but can't write its common files: ValueError at " in text
    assert SECRET not in events.everything()


def test_an_operation_is_told_that_common_files_could_not_be_written(folder: Folder) -> None:
    folder.write("failing", FAILING)
    with pytest.raises(PluginError, match="can't write its common files") as raised:
        folder.run(folder.plugins.load("failing", "the app"))
    assert SECRET not in "".join(traceback.format_exception(raised.value))
    assert folder.get("failing") is not None


def test_leftovers_of_an_unclean_stop_are_swept_first(folder: Folder) -> None:
    served = folder.write("good", GOOD) / "var" / "tftpboot"
    leftover = served / ".provd-0123456789abcdef.tmp"
    leftover.touch()
    (served / "kept.cfg").touch()
    folder.run(folder.plugins.load_all("the app", sweep=False))
    assert leftover.exists()
    folder.run(folder.plugins.close_all())
    folder.run(folder.plugins.load_all("the app", sweep=True))
    assert not leftover.exists()
    assert (served / "kept.cfg").exists()


@pytest.mark.parametrize(
    ("iso", "day"), [((), "W5.1"), (("good",), "W5.7"), (("go*",), "W5.7"), (("other",), "W5.1")]
)
def test_zones_that_a_plugin_looks_up_while_it_is_loaded_count_as_it_wants(
    tmp_path: Path, in_this_thread: None, iso: tuple[str, ...], day: str
) -> None:
    folder = Folder(tmp_path, iso)
    folder.write("good", GOOD)
    folder.run(folder.plugins.load("good", "the app"))
    assert folder.get("good").seen == [day]


def test_all_are_closed_once_and_gone_even_if_one_fails(folder: Folder) -> None:
    for plugin_id, code in (("a", GOOD), ("b", FAILING), ("c", GOOD)):
        folder.write(plugin_id, code)
    with logged() as events:
        folder.run(folder.plugins.load_all("the app", sweep=False))
        plugins = [folder.get(plugin_id) for plugin_id in "ac"]
        folder.run(folder.plugins.close_all())
        folder.run(folder.plugins.close_all())
    assert [plugin.closed for plugin in plugins] == [1, 1]
    assert len(folder.office.manager) == 0
    assert "b failed to close: ValueError at " in events.texts()[-1]
    assert SECRET not in events.everything()


def test_a_plugin_that_never_closes_is_left_behind(folder: Folder) -> None:
    may_end = threading.Event()
    folder.write("good", GOOD)
    folder.write("hangs", GOOD.replace("BLOCKING = False", "BLOCKING = True"))
    office = folder.office
    office.calls.start()
    folder.run(folder.plugins.load_all("the app", sweep=False))
    started = threading.Event()

    def close() -> None:
        started.set()
        assert may_end.wait(10)

    good = folder.get("good")
    folder.get("hangs").close = close
    closed = Deferred.fromCoroutine(folder.plugins.close_all())
    assert started.wait(10)
    office.reactor.turns()
    assert good.closed == 1  # others needn't wait for it
    with logged() as events:
        office.reactor.advance(5)
        office.reactor.result(closed)
    assert events.texts()[0].startswith("hangs failed to close: TimeoutError at ")
    may_end.set()
    office.reactor.result(office.calls.stop())


def test_a_folder_that_does_not_exist_holds_no_plugin(tmp_path: Path, in_this_thread: None) -> None:
    folder = Folder(tmp_path / "missing")
    folder.run(folder.plugins.load_all("the app", sweep=True))
    assert len(folder.office.manager) == 0

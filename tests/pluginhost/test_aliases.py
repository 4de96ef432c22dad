from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PUBLIC = [
    *["plugins", "synchronize", "tzinform", "services", "util", "localization", "operation"],
    *["devices.config", "devices.ident", "devices.pgasso", "servers.http", "servers.http_site"],
    *["servers.tftp.service", "servers.tftp.packet"],
]
PACKAGES = ["provd", "accent_provd", "wazo_provd"]


def run(code: str) -> str:
    command = [sys.executable, "-W", "error::RuntimeWarning", "-W", "error::ImportWarning", "-c", code]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.mark.parametrize("seed", range(3))
def test_each_public_module_is_one_object_in_any_order_of_imports(seed: int) -> None:
    names = [f"{package}.{name}" for package in PACKAGES for name in PUBLIC]
    random.Random(seed).shuffle(names)
    imports = "\n".join(f"import {name}" for name in names)
    code = f"""
from provd.pluginhost import aliases
aliases.install()
aliases.install()
{imports}
import sys
import provd, accent_provd, wazo_provd
assert provd is accent_provd is wazo_provd
for name in {PUBLIC!r}:
    modules = [sys.modules[f"{{package}}.{{name}}"] for package in {PACKAGES!r}]
    assert modules[0] is modules[1] is modules[2], name
    assert modules[0].__name__ == modules[0].__spec__.name == f"provd.{{name}}", name
    assert not modules[0].__spec__._initializing
    attribute = accent_provd
    for part in name.split("."):
        attribute = getattr(attribute, part)
    assert attribute is modules[0], name
"""
    run(code)


def test_submodules_are_imported_from_a_package_by_name() -> None:
    code = """
from provd.pluginhost import aliases
aliases.install()
from wazo_provd import plugins, synchronize, tzinform
from accent_provd.devices import ident
import provd.plugins, provd.devices.ident
assert plugins is provd.plugins and ident is provd.devices.ident
"""
    run(code)


def test_modules_that_do_not_exist_are_missing() -> None:
    code = """
from provd.pluginhost import aliases
aliases.install()
import accent_provd.plugins
for name in ("accent_provd.nothing", "accent_provd.plugins.nothing", "accent_provd.nothing.below"):
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        assert "nothing" in str(error), error
    else:
        raise SystemExit(name)
"""
    run(code)


def test_an_import_that_fails_leaves_no_half_of_a_module() -> None:
    code = """
import sys
from provd.pluginhost import aliases
aliases.install()
sys.modules["jinja2"] = None
for attempt in range(2):
    try:
        import accent_provd.plugins
    except ImportError:
        pass
    else:
        raise SystemExit("imported")
    assert "accent_provd.plugins" not in sys.modules
del sys.modules["jinja2"]
import accent_provd.plugins
import provd.plugins
assert accent_provd.plugins is provd.plugins
"""
    run(code)


def test_nothing_happens_before_it_is_asked_for() -> None:
    assert (
        run("""
import sys
import provd.pluginhost.aliases
try:
    import accent_provd
except ModuleNotFoundError:
    print("missing")
""")
        == "missing\n"
    )


def test_threads_importing_at_once_see_one_module() -> None:
    code = """
import sys, threading
from provd.pluginhost import aliases
aliases.install()
sys.setswitchinterval(1e-6)
found = []
barrier = threading.Barrier(6)
def work(package):
    barrier.wait()
    found.append(__import__(package + ".plugins", fromlist=["x"]).StandardPlugin)
names = ("provd", "accent_provd", "wazo_provd") * 2
threads = [threading.Thread(target=work, args=(name,)) for name in names]
for thread in threads: thread.start()
for thread in threads: thread.join(30)
assert len(found) == 6 and len(set(found)) == 1, found
"""
    run(code)


def test_plugins_of_each_vintage_share_classes_and_the_synchronizer(tmp_path: Path) -> None:
    for package in PACKAGES:
        folder = tmp_path / package
        folder.mkdir()
        (folder / "plugin-info").write_text('{"version": "1", "description": "", "capabilities": {}}')
        (folder / "entry.py").write_text(f"""
try:
    from {package} import plugins, synchronize
    from {package}.devices.config import RawConfigError
except ImportError:
    raise SystemExit("not like that")
from {package}.synchronize import get_sync_service

class Example(plugins.StandardPlugin):
    IS_PLUGIN = True
    seen = get_sync_service(), RawConfigError
""")
    code = f"""
from provd.devices.config import RawConfigError
from provd.pluginhost import aliases
from provd.pluginhost.loader import load_plugin_class
from provd.sync.current import set_sync_service
aliases.install()
set_sync_service("service")
for package in {PACKAGES!r}:
    assert load_plugin_class(package, {str(tmp_path)!r} + "/" + package).seen == ("service", RawConfigError)
"""
    run(code)


def test_what_twisted_may_drop_stays_importable() -> None:
    code = """
import twisted.web.resource
from provd.pluginhost import aliases
kept = twisted.web.resource.NoResource
aliases.install()
assert twisted.web.resource.NoResource is kept
del twisted.web.resource.NoResource
aliases.install()
from twisted.web.resource import IResource, NoResource
from treq.testing import StubTreq
from tests.support import result_of
resource = NoResource("not <here>")
assert IResource.providedBy(resource) and resource.getChild(b"x", None) is resource

class Own(NoResource):
    pass

for answering in (resource, NoResource(), Own()):
    response = result_of(StubTreq(answering).get("http://x/a/b"))
    assert response.code == 404, response.code
    assert b"<here>" not in result_of(response.content())
"""
    run(code)

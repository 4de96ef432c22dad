"""
plugin-api, 2 and 8: how a plugin is loaded, and what its code finds at hand.
"""

from __future__ import annotations

from twisted.internet.defer import gatherResults

from tests.contract.kit import BRAND, PHONE, ContractTest
from tests.daemon.site import install_plugin
from tests.rest.api import Api

COMMON = """
from __future__ import annotations

import dataclasses
import enum
import functools
import inspect
import logging
import pickle
import threading
from collections import namedtuple
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, NewType, Protocol, TypedDict, TypeVar
from typing import runtime_checkable

from twisted.internet import defer, reactor, task, threads
from twisted.web.resource import NoResource

try:
    from packaging.version import Version
except ImportError:
    from pkg_resources import parse_version as Version

try:
    from wazo_provd.plugins import StandardPlugin
    from wazo_provd.servers.http import HTTPNoListingFileService
except ImportError:
    from provd.plugins import StandardPlugin
    from provd.servers.http import HTTPNoListingFileService

if TYPE_CHECKING:
    from ..provd.devices.ident import RequestType
    from .models import Model

T = TypeVar('T')
Name = NewType('Name', str)
Pair = namedtuple('Pair', 'a b')
logger = logging.getLogger('plugin.modern')
ready = threading.Event()
called = []
threading.Thread(target=ready.set, daemon=True).start()
called.append(task.deferLater(reactor, 0, str, 'later'))
called.append(threads.deferToThread(str, 'in a thread'))


class Kind(enum.Enum):
    DESK = 'desk'


class Flags(enum.IntFlag):
    A = enum.auto()


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Model:
    name: str
    lines: int = 1
    tags: list[str] | None = None


class Info(TypedDict, total=False):
    vendor: str


class Point(NamedTuple):
    x: int


@runtime_checkable
class Renders(Protocol):
    def render(self, request: Any) -> bytes: ...


@functools.lru_cache(maxsize=None)
def squared(n: int) -> int:
    return n * n


class BaseModern(StandardPlugin):
    MODELS: ClassVar[dict[str, Model]] = {'X1': Model('X1', tags=['a'])}

    def __init__(self, app, plugin_dir: str, gen_cfg: dict[str, Any], spec_cfg: dict[str, Any]) -> None:
        StandardPlugin.__init__(self, app, plugin_dir, gen_cfg, spec_cfg)
        self.created = (app, self._plugin_dir, self._tftpboot_dir, self.id)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)

    def extract(self, request, request_type: RequestType) -> defer.Deferred[Info | None]:
        match Kind('desk'):
            case Kind.DESK:
                return defer.succeed(None)

    def checks(self):
        return {
            'version': Version('10.2') > Version('9.10'),
            'source': inspect.getsource(squared).splitlines()[1],
            'pickled': pickle.loads(pickle.dumps({'a': (1, b'x')})),
            'protocol': isinstance(NoResource(), Renders),
            'replaced': dataclasses.replace(self.MODELS['X1'], lines=3).lines,
            'others': (squared(3), Point(1).x, Pair(1, 2).b, Flags.A.value, Name('n'), Info(vendor='v')),
            'thread': ready.wait(10),
        }
"""

MODERN = """
common = {}
execfile_('common.py', common)


class Modern(common['BaseModern']):
    IS_PLUGIN = True


class NotMe(Modern):
    IS_PLUGIN = True
"""


class Modern(ContractTest):
    def before_start(self) -> None:
        install_plugin(self.site.folder, "brand", MODERN)
        (self.site.data / "plugins" / "brand" / "common.py").write_text(COMMON)

    async def test_whatever_the_language_offers_works(self) -> None:
        self.assertEqual(
            self.plugin.checks(),
            {
                "version": True,
                "source": "def squared(n: int) -> int:",
                "pickled": {"a": (1, b"x")},
                "protocol": True,
                "replaced": 3,
                "others": (9, 1, 2, 1, "n", {"vendor": "v"}),
                "thread": True,
            },
        )

    async def test_the_reactor_and_its_threads_are_there_while_it_is_loaded(self) -> None:
        called = self.plugin.checks.__func__.__globals__["called"]
        self.assertEqual(await gatherResults(called), ["later", "in a thread"])

    async def test_the_first_class_that_says_so_is_the_plugin_and_gets_its_id_later(self) -> None:
        self.assertEqual(type(self.plugin).__name__, "Modern")
        folder = self.site.data / "plugins" / "brand"
        created = (self.site.parts.app, str(folder), str(folder / "var" / "tftpboot"), None)
        self.assertEqual((self.plugin.created, self.plugin.id), (created, "brand"))


class NoResources(ContractTest):
    entry = """
    def _http(self, path):
        return Finds()

from twisted.web.resource import NoResource

class Finds(Resource):
    def getChild(self, path, request):
        return NoResource('no such file')
"""

    async def test_they_answer_404(self) -> None:
        for path in ("/a", "/a/b"):
            answer = await self.http(path)
            self.assertEqual((answer.status, b"no such file" in answer.body), (404, True))


class Reloaded(ContractTest):
    entry = """
    def configure_common(self, raw_config):
        raw_config['ip'] = 'mine'
        raw_config.setdefault('nested', {})['mine'] = True
        self.common = raw_config

LOADED.append(1)
"""

    def before_start(self) -> None:
        install_plugin(self.site.folder, "brand", "LOADED = []\n" + BRAND + self.entry)

    async def test_its_code_runs_anew_and_its_former_self_is_gone(self) -> None:
        before = self.plugin
        await self.http("/a")
        answer = await Api(self.site).post("/pg_mgr/reload", {"id": "brand"})
        self.assertEqual(answer.status, 204, answer.text)
        self.assertIsNot(type(self.plugin), type(before))
        self.assertEqual(self.plugin._http.__func__.__globals__["LOADED"], [1])
        await self.http("/b")
        self.assertEqual((len(before.http_dev_info_extractor.seen), self.seen), (1, [b"/b"]))

    async def test_what_it_does_to_the_common_config_stays_its_own(self) -> None:
        self.assertEqual(self.plugin.common["ip"], "mine")
        answer = await Api(self.site).post("/pg_mgr/reload", {"id": "brand"})
        self.assertEqual(answer.status, 204)
        base = self.site.parts.plugins._raw_configs.base()
        self.assertEqual((base["ip"] == "mine", "nested" in base), (False, False))


class Refused(ContractTest):
    def before_start(self) -> None:
        super().before_start()
        for name, entry in {
            "a-none": "x = 1",
            "b-other": "class X:\n    IS_PLUGIN = True\n",
            "c-relative": "from .models import Model",
            "d-false": "from provd.plugins import Plugin\nclass X(Plugin):\n    IS_PLUGIN = False\n",
            "e-error": "raise ValueError('s3cret')",
        }.items():
            install_plugin(self.site.folder, name, entry)

    async def test_they_are_listed_and_stop_nobody(self) -> None:
        self.put("a.cfg")
        self.assertEqual((await self.http("/a.cfg", agent=PHONE)).status, 200)
        self.assertEqual(
            sorted(self.site.parts.plugins.broken), ["a-none", "b-other", "c-relative", "d-false", "e-error"]
        )
        installed = (await Api(self.site).get("/pg_mgr/install/installed")).json["pkgs"]
        self.assertIn("e-error", installed)
        loaded = (await Api(self.site).get("/pg_mgr/plugins")).json["plugins"]
        self.assertEqual(list(loaded), ["brand"])

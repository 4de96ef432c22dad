"""
Plugins as third parties write them, for the tests of proofs of purity, and how to run them.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from provd.pluginhost import aliases
from provd.pluginhost.loader import load_plugin_class

ENTRY = """
common = {}
execfile_('common.py', common)

class AcmePlugin(common['BaseAcmePlugin']):
    IS_PLUGIN = True
    pg_associator = None
"""

HEADER = """
import itertools, json, logging, os, os.path, posixpath
import random, re, socket, string, threading, time, urllib.parse
from operator import itemgetter
from twisted.internet import defer
try:
    from wazo_provd import plugins, synchronize
    from wazo_provd.devices.ident import RequestType
    from wazo_provd.plugins import StandardPlugin
    from wazo_provd.util import format_mac, norm_mac, norm_uuid
except ImportError:
    from provd import plugins, synchronize
    from provd.devices.ident import RequestType
    from provd.plugins import StandardPlugin
    from provd.util import format_mac, norm_mac, norm_uuid

logger = logging.getLogger('plugin.acme')
"""

FOOTER = """

class BaseAcmePlugin(StandardPlugin):
    _ENCODING = 'UTF-8'
    http_dev_info_extractor = Extractor()

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._app = app
        self._extra = {}

    def configure(self, device, raw_config):
        raw_config['XX_mac'] = format_mac(device['mac'], separator='', uppercase=True)
        self._extra[device['id']] = raw_config.get('ip')
        with open(os.path.join(self._tftpboot_dir, 'x.cfg'), 'w') as stream:
            json.dump(raw_config, stream)

    def synchronize(self, device, raw_config):
        return synchronize.standard_sip_synchronize(device)
"""


def load(folder: Path, source: str, entry: str = ENTRY, **files: str) -> Any:
    """
    Run a plugin's ``common.py``, made of its part that matters, and return its extractor.

    :param folder: where the plugin is written.
    :param files: the names, without ``.py``, and the content of further ones.
    """
    aliases.install()
    (folder / "plugin-info").write_text('{"version": "1", "description": "x", "capabilities": {}}')
    (folder / "entry.py").write_text(textwrap.dedent(entry))
    (folder / "common.py").write_text(HEADER + textwrap.dedent(source) + FOOTER)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text))
    return load_plugin_class("acme", str(folder)).http_dev_info_extractor  # type: ignore[attr-defined]


def method(body: str, before: str = "", members: str = "", after: str = "") -> str:
    """
    Return the source of an extractor whose method has this body.
    """
    source = f"{textwrap.dedent(before)}\nclass Extractor:\n"
    source += textwrap.indent(textwrap.dedent(members), "    ")
    source += "\n    def extract(self, request, request_type):\n"
    return source + textwrap.indent(textwrap.dedent(body), "        ") + "\n" + textwrap.dedent(after)


USER_AGENT_AND_PATH = """
class Extractor:
    # Acme T46 66.86.0.15 00:15:65:aa:0b:1c
    _UA_REGEX = re.compile(r'^Acme (T\\d+)/? ([\\d.]+)(?: ([\\da-f:]{17}))?$', re.IGNORECASE)
    _UA_REGEX_LIST = [
        re.compile(r'^acme\\s+SIP(?:-(\\w+))?'),
        re.compile(r'^(VP530P?) ([\\d.]+)'),
    ]
    _PATH_REGEX = re.compile(r'/([\\da-f]{12})\\.cfg$')
    _NAMES = {'T46': 'SIP-T46', 'T48': 'SIP-T48'}

    def extract(self, request, request_type):
        return defer.succeed(self._do_extract(request))

    def _do_extract(self, request):
        ua = request.getHeader(b'User-Agent')
        if ua:
            dev_info = {}
            self._extract_from_ua(ua.decode('ascii'), dev_info)
            if dev_info:
                dev_info['vendor'] = 'Acme'
                self._extract_from_path(request, dev_info)
                return dev_info
        return None

    def _extract_from_ua(self, ua, dev_info):
        m = self._UA_REGEX.match(ua)
        if m:
            raw_model, raw_version, raw_mac = m.groups()
            dev_info['version'] = raw_version
            dev_info['model'] = self._NAMES.get(raw_model, raw_model)
            try:
                dev_info['mac'] = norm_mac(raw_mac)
            except ValueError as e:
                logger.warning('Could not normalize MAC address "%s": %s', raw_mac, e)
            return
        for regex in self._UA_REGEX_LIST:
            m = regex.match(ua)
            if m:
                dev_info['model'] = m.group(1) or 'unknown'
                if m.lastindex == 2:
                    dev_info['version'] = m.group(2)
                break

    def _extract_from_path(self, request, dev_info):
        if 'mac' not in dev_info:
            m = self._PATH_REGEX.search(request.path.decode('ascii'))
            if m:
                dev_info['mac'] = norm_mac(m.group(1))
"""

TFTP_FILE_NAME = """
class Extractor:
    _SPA_FILES = frozenset(['spa502G.cfg', 'spa504G.cfg'])
    _FILENAMES = [
        re.compile(r'^SEP([\\dA-F]{12})\\.cnf\\.xml$'),
        re.compile(r'^ATA([\\dA-F]{12})\\.cnf\\.xml$'),
    ]

    def extract(self, request, request_type):
        packet = request['packet']
        filename = packet['filename'].decode('ascii')
        dev_info = self._from_name(filename) or self._from_packet(packet)
        logger.debug('%s -> %s', packet, dev_info)
        return defer.succeed(dev_info)

    def _from_name(self, filename):
        for regex in self._FILENAMES:
            m = regex.match(filename)
            if m:
                return {'vendor': 'Cisco', 'mac': norm_mac(m.group(1))}
        if filename.lstrip('/') in self._SPA_FILES:
            return {'vendor': 'Cisco', 'model': filename[3:].replace('.cfg', '').upper()}
        return None

    def _from_packet(self, packet):
        if packet['filename'].startswith(b'Communicator\\\\'):
            return dict(vendor='Unify')
"""

MODULE_FUNCTIONS = """
VENDOR = 'Acme'
_PREFIX = b'/acme/'
_RE = re.compile('(?P<model>A[0-9]+)-(?P<version>.*)')
_MODELS = {'A1': ('One', 1), 'A2': ('Two', 2)}

def _name(model):
    '''The name that people use.'''
    if model in _MODELS:
        name, _rank = _MODELS[model]
        return name
    return model

def parse(ua):
    m = _RE.search(ua)
    if m is None:
        return {}
    info = m.groupdict()
    info.update({'vendor': VENDOR, 'model': _name(info['model'])})
    info.setdefault('version', None)
    return {k: v for k, v in info.items() if v}

class Extractor:
    def extract(self, request, request_type):
        if request_type != RequestType.HTTP or not request.path.startswith(_PREFIX):
            return None
        return parse((request.getHeader('user-agent') or '').strip())
"""

INHERITED = """
class Base(object):
    VENDOR = None

    def extract(self, request, request_type):
        name = posixpath.basename(urllib.parse.unquote(request.uri.split(b'?')[0].decode('utf-8', 'replace')))
        mac = self._mac(os.path.splitext(name)[0])
        if not mac:
            return defer.succeed(None)
        return defer.succeed({'mac': mac, 'vendor': self.VENDOR, 'sn': self.serial(request), 'x': self.x()})

    @staticmethod
    def _mac(text):
        parts = [x for x in text.split('-') if len(x) == 12 and all(c in string.hexdigits for c in x)]
        return norm_mac(parts[-1]) if parts else None

    @classmethod
    def serial(cls, request):
        values = request.args.get(b'sn', [None])
        return f'{cls.VENDOR}-{values[0]!r:>10}'

class Extractor(Base):
    VENDOR = 'Acme'

    def __init__(self, x='x'):
        super(Extractor, self).__init__()
        self._x = x

    def x(self):
        return self._x
"""

BOTH_PROTOCOLS = """
class Extractor:
    def extract(self, request, request_type):
        if request_type is RequestType.HTTP:
            return self._http(request)
        elif request_type is RequestType.TFTP:
            return self._tftp(request)
        return None

    def _http(self, request):
        return self._of(request.path)

    def _tftp(self, request):
        return self._of(request['packet']['filename'])

    def _of(self, name):
        try:
            model, version = name.decode('ascii').lower().split('/')[-2:]
        except (UnicodeDecodeError, ValueError):
            return None
        else:
            return {'model': model.upper(), 'version': version.rpartition('.')[0]}
        finally:
            logger.info('asked for %s', name)
"""

PROVEN = {
    "user agent and path": USER_AGENT_AND_PATH,
    "TFTP file name": TFTP_FILE_NAME,
    "module functions": MODULE_FUNCTIONS,
    "inherited": INHERITED,
    "both protocols": BOTH_PROTOCOLS,
    "recursion": method(
        "return {'model': self._strip(request.path)}",
        members="""
        def _strip(self, text):
            if text.startswith(b'/'):
                return self._strip(text[1:])
            return text
        """,
    ),
    "loops and own containers": method("""
        found, seen, count = [], set(), 0
        for index, part in enumerate(request.path.split(b'/')):
            if not part or part in seen:
                continue
            seen.add(part)
            found.append((index, part))
            count += 1
        while found and not found[0][1].isdigit():
            found.pop(0)
            del found[:1]
        found.sort()
        info = {}
        for key, values in sorted(request.args.items()):
            info[key.decode()] = values[0].decode()
        if (first := next((part for part in found), None)) is not None:
            info['version'] = '.'.join(str(number) for number in first)
            info['sn'] = '%s-%05d' % (info['version'], count)
            info['label'] = 'acme {0} {version:>5}'.format(count, version='1') if count else ''
        return info
        """),
    "errors": method(
        """
        try:
            if not request.path:
                raise ValueError('no path')
            assert b'/' in request.path, 'relative'
            return {'mac': norm_mac(request.path[1:13].decode('ascii'))}
        except (ValueError, AssertionError) as error:
            logger.exception('bad path: %s', error)
            raise RuntimeError('bad') from error
        """
    ),
    "query arguments": method(
        """
        if b'mac' in request.args:
            mac = request.args[b'mac'][0].decode('ascii')
            uuid = norm_uuid(request.args.get(b'uuid')[0].decode())
            return {'mac': format_mac(mac, separator=':'), 'uuid': uuid}
        """
    ),
    "types": method(
        """
        agent = request.getHeader(b'USER-AGENT')
        if isinstance(agent, (bytes, str)) and not isinstance(agent, str):
            agent = str(agent, 'latin-1')
        model = re.sub(r'[^A-Z]', '', str.upper(agent), flags=re.ASCII)
        return {'sn': str(int(agent[-4:], 16)), 'model': model}
        """
    ),
    "defaults and keywords": method(
        "return defer.succeed(build(request.path.decode(), separator='/', vendor=None))",
        before="""
        def build(text, *, separator='-', vendor='Acme', known=('a', 'b')):
            head, _, tail = text.partition(separator)
            return {'vendor': vendor or (head if head in known else 'x'), 'model': tail.title()}
        """,
    ),
    "a logger of the class": method(
        "self._log.debug('%s', request)\nreturn dict(self._COMMON, model=request.path.decode())",
        members="_log = logging.getLogger('x')\n_COMMON = {'vendor': 'Acme'}\n_ALL = tuple(_COMMON)\n",
    ),
    "a pure function as static method": method(
        "return {'mac': self._norm(request.path[1:13].decode())}", members="_norm = staticmethod(norm_mac)\n"
    ),
}

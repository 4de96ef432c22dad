"""
A third-party plugin that does anything wrong, as a test tells it; and one that does nothing wrong.
"""

from __future__ import annotations

from threading import Event

BLOCKED: dict[tuple[str, str], tuple[Event, Event]] = {}
"""Vendor and method -> what the method sets once it has begun, and what it waits for."""

ROGUE = """
import asyncio, os, re, sys, threading

from twisted.internet import defer
from twisted.web.resource import Resource

from provd.devices.pgasso import BasePgAssociator, DeviceSupport
from provd.plugins import StandardPlugin
from provd.servers.http import HTTPNoListingFileService
from provd.servers.tftp.service import TFTPFileService

from tests.daemon.rogue import BLOCKED


class Odd(BaseException):
    pass

def raised(error):
    raise error

def endless():
    return endless()

async def coroutine():
    raise ValueError('s3cret')

WAYS = {
    'raise': lambda: raised(ValueError('s3cret')),
    'exit': lambda: sys.exit('s3cret'),
    'interrupt': lambda: raised(KeyboardInterrupt('s3cret')),
    'cancel': lambda: raised(asyncio.CancelledError('s3cret')),
    'odd': lambda: raised(Odd('s3cret')),
    'recursion': endless,
    'deferred': lambda: defer.succeed(None),
    'failure': lambda: defer.fail(ValueError('s3cret')),
    'never': defer.Deferred,
    'coroutine': coroutine,
    'none': lambda: None,
    'text': lambda: 's3cret',
    'bytes': lambda: b's3cret',
    'number': lambda: 7,
    'class': lambda: Odd,
    'huge': lambda: {str(n): 'x' * 999 for n in range(9999)},
}
#: Method -> way.
WRONG = {}

def act(method, usual):
    if ('NAME', method) in BLOCKED:
        begun, may_go_on = BLOCKED['NAME', method]
        begun.set()
        may_go_on.wait(20)
    return WAYS[WRONG[method]]() if method in WRONG else usual()


class Extractor:
    def extract(self, request, request_type):
        return act(request_type.value, lambda: self.told(request, request_type.value))

    def told(self, request, kind):
        if kind == 'dhcp':
            return None
        text = request.getHeader(b'User-Agent') or b'' if kind == 'http' else request['packet']['filename']
        match = re.search(rb'NAME-?([0-9a-f]{12})-?([0-9]+)?', text)
        if not match:
            return None
        told = {'vendor': 'NAME', 'mac': match[1].decode()}
        return {**told, 'version': match[2].decode()} if match[2] else told

class Associator(BasePgAssociator):
    def associate(self, dev_info):
        return act('associate', lambda: super(Associator, self).associate(dev_info))

    def _do_associate(self, vendor, model, version):
        return DeviceSupport.EXACT if vendor == 'NAME' else DeviceSupport.UNKNOWN

class Service(HTTPNoListingFileService):
    def path_preprocess(self, request):
        return act('path_preprocess', lambda: None)

    def getChild(self, path, request):
        return act('getChild', lambda: HTTPNoListingFileService.getChild(self, path, request))

    def render(self, request):
        return act('render', lambda: HTTPNoListingFileService.render(self, request))

class TFTPService(TFTPFileService):
    def handle_read_request(self, request, response):
        usual = TFTPFileService.handle_read_request
        return act('handle_read_request', lambda: usual(self, request, response))

class Rogue(StandardPlugin):
    IS_PLUGIN = True
    WRONG = WRONG
    http_dev_info_extractor = tftp_dev_info_extractor = dhcp_dev_info_extractor = Extractor()

    @property
    def pg_associator(self):
        return act('pg_associator', Associator)

    @property
    def http_service(self):
        return act('http_service', lambda: Service(self._tftpboot_dir))

    @property
    def tftp_service(self):
        return act('tftp_service', lambda: TFTPService(self._tftpboot_dir))

    def path(self, device):
        return os.path.join(self._tftpboot_dir, self.name(device))

    def name(self, device):
        return 'NAME' + device['mac'].replace(':', '')

    def configure_common(self, raw_config):
        return act('configure_common', lambda: None)

    def configure(self, device, raw_config):
        with open(self.path(device), 'w') as file:
            file.write('content')
        return act('configure', lambda: None)

    def deconfigure(self, device):
        return act('deconfigure', lambda: None)

    def get_remote_state_trigger_filename(self, device):
        return act('get_remote_state_trigger_filename', lambda: self.name(device))

    def is_sensitive_filename(self, filename):
        return act('is_sensitive_filename', lambda: filename.startswith('NAME'))
"""


def plugin_named(name: str) -> str:
    """
    Return the source of a plugin for the phones of a vendor.  They name themselves, over HTTP in the
    ``User-Agent`` and over TFTP in the name of their file: vendor, 12 digits of the address, ``-`` and a
    version or nothing.
    """
    return ROGUE.replace("NAME", name)

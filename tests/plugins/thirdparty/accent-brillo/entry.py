"""Brillo phones, which ask for /spb... with any prefix, and for their files over TFTP with backslashes."""

from __future__ import annotations

import logging
import os
import re
from typing import TYPE_CHECKING

from twisted.internet import defer
from twisted.web.resource import Resource

try:
    from accent_provd import plugins, synchronize
    from accent_provd.devices.config import RawConfigError
    from accent_provd.devices.ident import RequestType
    from accent_provd.devices.pgasso import BasePgAssociator, DeviceSupport
    from accent_provd.plugins import StandardPlugin, TemplatePluginHelper
    from accent_provd.servers.http import HTTPNoListingFileService
    from accent_provd.servers.tftp.packet import ERR_ACCESS
    from accent_provd.servers.tftp.service import TFTPFileService
    from accent_provd.services import JsonConfigPersister, PersistentConfigureServiceDecorator
    from accent_provd.util import format_mac, norm_mac
except ImportError:
    from provd import plugins, synchronize
    from provd.devices.config import RawConfigError
    from provd.devices.ident import RequestType
    from provd.devices.pgasso import BasePgAssociator, DeviceSupport
    from provd.plugins import StandardPlugin, TemplatePluginHelper
    from provd.servers.http import HTTPNoListingFileService
    from provd.servers.tftp.packet import ERR_ACCESS
    from provd.servers.tftp.service import TFTPFileService
    from provd.services import JsonConfigPersister, PersistentConfigureServiceDecorator
    from provd.util import format_mac, norm_mac

if TYPE_CHECKING:
    from accent_provd.devices.ident import DHCPRequest
    from accent_provd.servers.http_site import Request
    from accent_provd.servers.tftp.service import TFTPRequest

logger = logging.getLogger('plugin.accent-brillo')


class BrilloExtractor:
    _MAC = re.compile(r'spb([\da-f]{12})\.ini$')

    def extract(self, request, request_type: RequestType):
        return defer.succeed(getattr(self, f'_{request_type.value}')(request))

    def _http(self, request: Request) -> dict | None:
        agent = request.getHeader(b'User-Agent')
        if agent is None or not agent.startswith(b'Brillo/'):
            return None
        return self._info(request.path.decode('ascii'), request.args.get(b'mac', [None])[0])

    def _tftp(self, request: TFTPRequest) -> dict | None:
        filename = request['packet']['filename'].decode('ascii').replace('\\', '/')
        return self._info(filename, None) if 'spb' in filename else None

    def _dhcp(self, request: DHCPRequest) -> dict | None:
        return {'vendor': 'Brillo'} if request['options'].get(60, '').startswith('brillo') else None

    def _info(self, path: str, mac: bytes | None) -> dict:
        info = {'vendor': 'Brillo', 'model': 'B-7'}
        match = self._MAC.search(path)
        if match:
            info['mac'] = norm_mac(match.group(1))
        elif mac:
            info['mac'] = norm_mac(mac.decode('ascii'))
        return info


class BrilloAssociator(BasePgAssociator):
    # does not call the base constructor
    def __init__(self):
        self._vendor = 'Brillo'

    def _do_associate(self, vendor, model, version):
        return DeviceSupport.COMPLETE.value + 1 if vendor == self._vendor else DeviceSupport.NONE


class BrilloHTTPService(HTTPNoListingFileService):
    """Files, without whatever folder the phone puts before them."""

    _PREFIX = re.compile(rb'^/(?:Brillo|brillo%20phones)/')

    def path_preprocess(self, request: Request) -> None:
        logger.debug('Complete path: %s', request.path)
        request.path = self._PREFIX.sub(b'/', request.path)
        request.postpath = request.path.decode('ascii').lstrip('/').split('/')


class Status(Resource):
    isLeaf = True

    def render_GET(self, request: Request):
        device = request.prov_dev
        # text instead of bytes
        return 'known %s' % device['mac'] if device else 'unknown'

    def render_POST(self, request: Request):
        request.setResponseCode(202)
        request.setHeader(b'X-Answer', b'yes')
        return request.args[b'state'][0]


class BrilloTFTPService:
    def __init__(self, path):
        self._files = TFTPFileService(path)

    def handle_read_request(self, request, response):
        filename = request['packet']['filename']
        if filename.startswith(b'secret'):
            response.reject(ERR_ACCESS, 'no')
            return
        request['packet']['filename'] = filename.replace(b'\\', b'/').rpartition(b'/')[2]
        self._files.handle_read_request(request, response)


class BrilloConfigureService:
    def __init__(self):
        self._volume = None

    def get(self, name):
        if name != 'volume':
            raise KeyError(name)
        return self._volume

    def set(self, name, value):
        if name != 'volume':
            raise KeyError(name)
        self._volume = value

    description = [('volume', 'How loud the phone rings')]
    description_fr = [('volume', 'Volume de la sonnerie')]


class BrilloPlugin(StandardPlugin):
    IS_PLUGIN = True

    pg_associator = BrilloAssociator()
    http_dev_info_extractor = BrilloExtractor()
    tftp_dev_info_extractor = BrilloExtractor()
    dhcp_dev_info_extractor = BrilloExtractor()

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._app = app
        self._tpl_helper = TemplatePluginHelper(plugin_dir)
        persister = JsonConfigPersister(os.path.join(plugin_dir, 'var', 'config.json'))
        self._parameters = PersistentConfigureServiceDecorator(BrilloConfigureService(), persister)
        self.services = {'configure': self._parameters}
        self.http_service = BrilloHTTPService(self._tftpboot_dir)
        self.http_service.putChild(b'status', Status())
        self.tftp_service = BrilloTFTPService(self._tftpboot_dir)

    def _filename(self, device) -> str:
        return f"spb{format_mac(device['mac'], separator='')}.ini"

    def configure(self, device, raw_config):
        if not raw_config['sip_lines']:
            raise RawConfigError('no line')
        raw_config['XX_volume'] = self._parameters.get('volume')
        raw_config['XX_options'] = device.get('options', {})
        plugins.add_accent_phonebook_url_from_format(
            raw_config, '{scheme}://{hostname}:{port}/{profile}/{user_uuid}'
        )
        tpl = self._tpl_helper.get_dev_template(self._filename(device), device)
        content = self._tpl_helper.render(tpl, raw_config, 'ISO-8859-1', errors='ignore')
        with open(os.path.join(self._tftpboot_dir, self._filename(device)), 'wb') as f:
            f.write(content)

    def deconfigure(self, device):
        os.remove(os.path.join(self._tftpboot_dir, self._filename(device)))

    def synchronize(self, device, raw_config):
        if 'ip' not in device:
            return defer.fail(Exception('IP address needed for device synchronization'))
        return synchronize.standard_sip_synchronize(device)

    def get_remote_state_trigger_filename(self, device):
        return self._filename(device) if 'mac' in device else None

    def is_sensitive_filename(self, filename):
        return filename.startswith('spb')

import logging
import os.path
import re
import threading

try:
    from wazo_provd import synchronize, tzinform
    from wazo_provd.devices.pgasso import BasePgAssociator, DeviceSupport
    from wazo_provd.plugins import StandardPlugin, TemplatePluginHelper
    from wazo_provd.servers.http import HTTPNoListingFileService
    from wazo_provd.servers.tftp.service import TFTPFileService
    from wazo_provd.util import norm_uuid, is_normed_uuid
except ImportError:
    from provd import synchronize, tzinform
    from provd.devices.pgasso import BasePgAssociator, DeviceSupport
    from provd.plugins import StandardPlugin, TemplatePluginHelper
    from provd.servers.http import HTTPNoListingFileService
    from provd.servers.tftp.service import TFTPFileService
    from provd.util import norm_uuid, is_normed_uuid

from twisted.internet import defer, reactor, threads

logger = logging.getLogger('plugin.wazo-corvid')

_ZONES = ['US/Eastern', 'Canada/Newfoundland', 'Pacific/Samoa', 'Asia/Calcutta', 'Etc/GMT-3', 'Europe/Dublin']


def _gen_tz_map():
    result = {}
    for tz in _ZONES:
        inform = tzinform.get_timezone_info(tz)
        key = inform['dst']['as_string'] if inform['dst'] else None
        result.setdefault(inform['utcoffset'].as_minutes, {})[key] = tz
    return result


class CorvidExtractor(object):
    def extract(self, request, request_type):
        d = defer.Deferred()
        # answers later
        reactor.callLater(0, d.callback, self._do_extract(request))
        return d

    def _do_extract(self, request):
        if not re.match(rb'Corvid', request.getHeader(b'User-Agent') or b''):
            return None
        info = {'vendor': 'Corvid'}
        if 'uuid' in request.args:
            uuid = norm_uuid(request.args[b'uuid'][0].decode('ascii'))
            if is_normed_uuid(uuid):
                info['uuid'] = uuid
        return info


class CorvidTFTPExtractor(object):
    _NAME = re.compile(rb'^corvid-([\da-f-]{36})\.txt$')

    def extract(self, request, request_type):
        match = self._NAME.match(request['packet']['filename'])
        if match:
            return {'vendor': 'Corvid', 'uuid': norm_uuid(match.group(1).decode('ascii'))}


class CorvidAssociator(BasePgAssociator):
    def _do_associate(self, vendor, model, version):
        if vendor == 'Corvid':
            return DeviceSupport.COMPLETE
        return DeviceSupport.UNKNOWN


class CorvidPlugin(StandardPlugin):
    IS_PLUGIN = True
    _TZ_MAP = _gen_tz_map()

    pg_associator = CorvidAssociator()
    http_dev_info_extractor = CorvidExtractor()
    tftp_dev_info_extractor = CorvidTFTPExtractor()

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super(CorvidPlugin, self).__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._app = app
        self._lock = threading.Lock()
        self._tpl_helper = TemplatePluginHelper(plugin_dir)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)
        self.tftp_service = TFTPFileService(self._tftpboot_dir)

    def _name(self, device):
        return 'corvid-%s.txt' % device['uuid']

    def configure(self, device, raw_config):
        with self._lock:
            tpl = self._tpl_helper.get_template('gateway.tpl')
            text = tpl.render(raw_config)
            with open(os.path.join(self._tftpboot_dir, self._name(device)), 'w') as f:
                f.write(text)

    def deconfigure(self, device):
        try:
            os.remove(os.path.join(self._tftpboot_dir, self._name(device)))
        except OSError as e:
            logger.warning('error while deconfiguring device: %s', e)

    def synchronize(self, device, raw_config):
        return threads.deferToThread(self._reset, device, raw_config['admin_password'])

    def _reset(self, device, password):
        device = dict(device, X_reset='yes')
        reactor.callFromThread(self._app.dev_update, device)

# -*- coding: utf-8 -*-

import logging
import os
import re

from provd import plugins
from provd import synchronize
from provd import tzinform
from provd.devices.config import RawConfigError
from provd.devices.pgasso import BasePgAssociator, DeviceSupport
from provd.plugins import StandardPlugin, FetchfwPluginHelper, TemplatePluginHelper
from provd.servers.http import HTTPNoListingFileService
from provd.servers.tftp.service import TFTPFileService
from provd.util import format_mac, norm_mac
from twisted.internet import defer, threads

logger = logging.getLogger('plugin.acme')


class BaseAcmeHTTPDeviceInfoExtractor(object):
    _UA_REGEX = re.compile(r'^Acme (\w+) ([\d.]+) ([\dA-F]{12})$')
    _PATH_REGEX = re.compile(r'^/acme/([\da-f]{12})\.xml$')

    def extract(self, request, request_type):
        return defer.succeed(self._do_extract(request))

    def _do_extract(self, request):
        ua = request.getHeader(b'User-Agent')
        if not ua:
            return None
        m = self._UA_REGEX.match(ua.decode('ascii'))
        if not m:
            return None
        dev_info = {'vendor': 'Acme', 'model': m.group(1), 'version': m.group(2)}
        path = self._PATH_REGEX.match(request.path.decode('ascii'))
        dev_info['mac'] = norm_mac(path.group(1) if path else m.group(3))
        return dev_info


class BaseAcmeTFTPDeviceInfoExtractor(object):
    _FILE_REGEX = re.compile(r'^/?acme/([\da-f]{12})\.xml$')

    def extract(self, request, request_type):
        filename = request['packet']['filename'].decode('ascii')
        m = self._FILE_REGEX.match(filename)
        if m:
            return defer.succeed({'vendor': 'Acme', 'mac': norm_mac(m.group(1))})
        return defer.succeed(None)


class BaseAcmeDHCPDeviceInfoExtractor(object):
    def extract(self, request, request_type):
        options = request['options']
        if 60 in options and options[60].startswith('Acme '):
            return defer.succeed({'vendor': 'Acme', 'model': options[60].split()[1].rstrip('\x00')})
        return defer.succeed(None)


class BaseAcmePgAssociator(BasePgAssociator):
    def __init__(self, model_versions):
        BasePgAssociator.__init__(self)
        self._model_versions = model_versions

    def _do_associate(self, vendor, model, version):
        if vendor != 'Acme':
            return DeviceSupport.IMPROBABLE
        if model not in self._model_versions:
            return DeviceSupport.PROBABLE + 10
        if version == self._model_versions[model]:
            return DeviceSupport.EXACT
        return DeviceSupport.COMPLETE


class BaseAcmePlugin(StandardPlugin):
    _ENCODING = 'UTF-8'
    _TRANSPORT = {'udp': '0', 'tcp': '1', 'tls': '2'}

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        StandardPlugin.__init__(self, app, plugin_dir, gen_cfg, spec_cfg)
        self._app = app

        self._tpl_helper = TemplatePluginHelper(plugin_dir)

        downloaders = FetchfwPluginHelper.new_downloaders(gen_cfg.get('proxies'))
        downloaders['auth'].add_password(
            None, 'http://firmware.example/', spec_cfg.get('username'), spec_cfg.get('password')
        )
        fetchfw_helper = FetchfwPluginHelper(plugin_dir, downloaders)
        self.services = fetchfw_helper.services()
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)
        self.tftp_service = TFTPFileService(self._tftpboot_dir)

    http_dev_info_extractor = BaseAcmeHTTPDeviceInfoExtractor()
    tftp_dev_info_extractor = BaseAcmeTFTPDeviceInfoExtractor()
    dhcp_dev_info_extractor = BaseAcmeDHCPDeviceInfoExtractor()

    def configure_common(self, raw_config):
        for name in ('boot', 'all'):
            tpl = self._tpl_helper.get_template('common/%s.cfg.tpl' % name)
            dst = os.path.join(self._tftpboot_dir, '%s.cfg' % name)
            self._tpl_helper.dump(tpl, raw_config, dst, self._ENCODING)

    def _dev_specific_filename(self, device):
        return format_mac(device['mac'], separator='') + '.xml'

    def _check_config(self, raw_config):
        if 'http_port' not in raw_config:
            raise RawConfigError('only support configuration via HTTP')

    def _check_device(self, device):
        if 'mac' not in device:
            raise Exception('MAC address needed for device configuration')

    def _add_timezone(self, raw_config):
        if 'timezone' in raw_config:
            try:
                tzinfo = tzinform.get_timezone_info(raw_config['timezone'])
            except tzinform.TimezoneNotFoundError as e:
                logger.info('Unknown timezone: %s', e)
            else:
                lines = ['offset=%d' % tzinfo['utcoffset'].as_minutes]
                if tzinfo['dst']:
                    start = tzinfo['dst']['start']
                    week, weekday = start['day'][1:].split('.')
                    lines.append('start=%s/%s/%s' % (
                        start['month'],
                        'last' if week == '5' else week,
                        tzinform.week_start_on_monday(int(weekday)),
                    ))
                raw_config['XX_timezone'] = ' '.join(lines)

    def configure(self, device, raw_config):
        self._check_config(raw_config)
        self._check_device(device)
        filename = self._dev_specific_filename(device)
        tpl = self._tpl_helper.get_dev_template(filename, device)

        self._add_timezone(raw_config)
        raw_config['XX_transport'] = self._TRANSPORT[raw_config['sip_transport']]
        plugins.add_xivo_phonebook_url(raw_config, 'acme', entry_point='lookup', qs_suffix='term=#SEARCH')
        if hasattr(plugins, 'add_wazo_phoned_user_service_url'):
            plugins.add_wazo_phoned_user_service_url(raw_config, 'acme', 'dnd')

        directory = os.path.join(self._tftpboot_dir, 'acme')
        if not os.path.isdir(directory):
            os.mkdir(directory)
        path = os.path.join(directory, filename)
        self._tpl_helper.dump(tpl, raw_config, path, self._ENCODING, errors='replace')

    def deconfigure(self, device):
        path = os.path.join(self._tftpboot_dir, 'acme', self._dev_specific_filename(device))
        try:
            os.remove(path)
        except OSError as e:
            # ignore
            logger.info('error while removing file: %s', e)

    def synchronize(self, device, raw_config):
        return synchronize.standard_sip_synchronize(device, event='check-sync;reboot=true')

    def get_remote_state_trigger_filename(self, device):
        if 'mac' not in device:
            return None
        return self._dev_specific_filename(device)

    def is_sensitive_filename(self, filename):
        return bool(re.match(r'^[\da-f]{12}\.xml$', filename))

"""
For devices that shall get no files: every request is refused, nothing is configured.
"""

from twisted.web.pages import notFound

from provd.plugins import Plugin
from provd.servers.tftp.service import TFTPNullService


class NullPlugin(Plugin):
    IS_PLUGIN = True
    BLOCKING = False

    http_service = notFound()
    tftp_service = TFTPNullService()

    def synchronize(self, device, raw_config):
        """
        Return at once: there is nothing that the phone could fetch.
        """

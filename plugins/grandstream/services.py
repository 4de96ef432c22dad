"""
What answers requests.  Some phones ask for their file in a folder named by their model, such as
/GXV-3000/cfg000b8209ba7d.
"""

import re

from provd.servers.http import HTTPNoListingFileService
from provd.servers.tftp.service import TFTPHookService

_OWN_FILE = re.compile(rb"cfg[^/]*", re.I)


class FolderlessHTTPService(HTTPNoListingFileService):
    def path_preprocess(self, request):
        if _OWN_FILE.fullmatch(request.postpath[-1] if request.postpath else b""):
            request.postpath[:-1] = []


class FolderlessTFTPService(TFTPHookService):
    def _pre_handle(self, request):
        name = request["packet"]["filename"].rpartition(b"/")[2]
        if _OWN_FILE.fullmatch(name):
            request["packet"]["filename"] = name

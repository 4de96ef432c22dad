"""
A plugin with two packages, and a server to fetch one from.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from twisted.trial.unittest import TestCase
from twisted.web import resource, static

from provd.downloads.client import Downloads
from provd.errors import DownloadError, PluginError
from provd.plugins import FetchfwPluginHelper
from tests.downloads.servers import Ports, sha1
from tests.pluginkit.packages.archives import make_zip

DATABASE = """\
[pkg_fw]
version: 1.0
description: Firmware
description_fr: Micrologiciel
files: fw
install: fw 1.0

[pkg_extra]
version: 2
description: Extra
files: hand
install: copy
depends: fw

[file_fw]
url: {url}/fw.zip
size: {size}
sha1sum: {sha1}
{more}

[file_hand]
url:
filename: hand.bin
size: 4
sha1sum: {hand}

[install_fw]
a-b: unzip $FILE1
b-c: cp *.rom firmware/$ARG1/

[install_copy]
a-b: cp $FILE1 extra/
"""
HAND = b"hand"


class PackageCase(TestCase):
    """
    :ivar folder: of a plugin whose package ``fw`` is ``content``.
    """

    timeout = 20

    def setUp(self) -> None:
        self.ports = Ports()
        self.addCleanup(self.ports.stop)
        self.folder = Path(tempfile.mkdtemp()) / "acme"
        for name in ("pkgs", "var/cache", "var/installed", "var/tftpboot"):
            (self.folder / name).mkdir(parents=True)
        self.content = make_zip(
            self.folder.parent / "fw.zip", **{"a.rom": b"rom", "notes": b"n"}
        ).read_bytes()
        self.proxies: dict[str, str] = {}
        self.patch(Downloads, "PAUSE", 0.001)

    def serve(self) -> str:
        """
        Return the URL of a server that has the file of ``fw``.
        """
        root = resource.Resource()
        root.putChild(b"fw.zip", static.Data(self.content, "application/zip"))
        return self.ports.serve(root)

    def helper(
        self, url: str, more: str = "", downloaders: Any = None, **changes: Any
    ) -> FetchfwPluginHelper:
        """
        Return the helper of that plugin.

        :param more: lines of the file of ``fw``.
        :param changes: to ``size`` and ``sha1`` of that file, or ``hand``, the SHA-1 of the other.
        """
        values = {"size": len(self.content), "sha1": sha1(self.content), "hand": sha1(HAND), **changes}
        (self.folder / "pkgs" / "pkgs.db").write_text(DATABASE.format(url=url, more=more, **values))
        if downloaders is None:
            downloaders = FetchfwPluginHelper.new_downloaders(self.proxies)
        return FetchfwPluginHelper(str(self.folder), downloaders)

    def served(self) -> dict[str, bytes]:
        """
        Return the files that phones are served.
        """
        root = self.folder / "var" / "tftpboot"
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    def cached(self, name: str, content: bytes) -> None:
        """
        Put a file into the cache by hand.
        """
        (self.folder / "var" / "cache" / name).write_bytes(content)

    async def fails(self, helper: FetchfwPluginHelper, package: str = "fw") -> tuple[Exception, str]:
        """
        Return why an installation fails that leaves nothing behind, and the text of its operation.
        """
        done, operation = helper.install(package)
        try:
            await done
        except (PluginError, DownloadError) as error:
            self.assertEqual(self.served(), {})
            self.assertEqual(helper.list_installed(), {})
            self.assertEqual(sorted(p.name for p in (self.folder / "var").iterdir())[0], "cache")
            return error, str(operation)
        raise AssertionError("it should have failed")

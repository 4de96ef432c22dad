"""
The entry for ``twistd`` and for ``accent-provd``: options, and the service they make.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from pathlib import Path
from typing import Any

from twisted.logger import ILogObserver
from twisted.python import usage
from twisted.python.components import Componentized

import provd
from provd.daemon.process import Process
from provd.errors import InvalidSettings
from provd.logs import MainLog
from provd.pluginhost.deployment import Upgrade
from provd.settings.load import load


class Options(usage.Options):
    """
    The command line; what it gives wins over files and environment.
    """

    synopsis = "[options]"
    longdesc = "The phone provisioning server of a PBX."
    optParameters = [
        ["config-file", "f", None, "Main settings file."],
        ["config-dir", "c", None, "Folder where old request-processing files are looked for."],
        ["tftp-port", None, None, "UDP port of TFTP."],
        ["http-port", None, None, "TCP port of the phones' HTTP."],
        ["rest-port", None, None, "TCP port of the REST API."],
        ["local-plugins", None, None, "Folder with packages of plugins, instead of general.local_plugins."],
    ]
    optFlags = [
        ["verbose", "v", "Log each request."],
        [
            "stderr",
            "s",
            "Accepted for older units: output and errors go to standard output and error anyway.",
        ],
        ["upgrade-plugins", None, "Install the local plugins that are missing or changed, at every start."],
        [
            "upgrade-installed",
            None,
            "Install local plugins that are changed over the installed ones, at every start.",
        ],
    ]
    _keys = {
        "config-dir": "general.request_config_dir",
        "tftp-port": "general.tftp_port",
        "http-port": "general.http_proxied_listen_port",
        "rest-port": "rest_api.port",
        "local-plugins": "general.local_plugins",
    }

    def opt_version(self) -> None:
        """
        Show the version and exit.
        """
        sys.stdout.write(f"accent-provd {provd.__version__}\n")
        sys.exit(0)

    def overrides(self) -> dict[str, Any]:
        """
        Return what the command line sets, by dotted key of the settings.
        """
        given = {key: self[option] for option, key in self._keys.items() if self[option] is not None}
        if "general.local_plugins" in given:
            given["general.local_plugins"] = str(Path(given["general.local_plugins"]).absolute())
        if self["verbose"]:
            given["general.verbose"] = True
        return given


def makeService(options: Options) -> Process:
    """
    Return the daemon's service.

    :raises SystemExit: with all mistakes in the settings, after the warnings.
    """
    from twisted.internet import reactor

    config_file = Path(options["config-file"]) if options["config-file"] else None

    def read() -> Any:
        return load(config_file, options.overrides())

    try:
        loaded = read()
    except InvalidSettings as error:
        told = [*error.warnings, "accent-provd can't start:", str(error)]
        raise SystemExit("\n".join(told)) from error
    general = loaded.settings.general
    log = MainLog(general.log_file, general.verbose, reactor)
    upgrade: Upgrade = (
        "all" if options["upgrade-plugins"] else "installed" if options["upgrade-installed"] else None
    )
    return _UnderTwistd(loaded, read, log, upgrade, reactor)


class _UnderTwistd(Process):
    """
    Has twistd write its log as provd does, and end with the daemon's status.
    """

    def setServiceParent(self, parent: Any) -> None:
        if isinstance(parent, Componentized):
            parent.setComponent(ILogObserver, self.log)
            # twistd ends with 0 when nothing but the daemon stops the reactor, and swallows SystemExit.
            atexit.register(self._end)
        super().setServiceParent(parent)

    def _end(self) -> None:
        if self.exit_status:
            for stream in (sys.__stdout__, sys.__stderr__):
                if stream is not None:
                    with contextlib.suppress(OSError, ValueError):
                        stream.flush()
            os._exit(self.exit_status)

"""
``accent-provd``: the daemon in the foreground.
"""

from __future__ import annotations

import sys

from twisted.logger import globalLogBeginner
from twisted.python import usage

from .tree import Ready

_PHONE = "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:bb:01"


def main() -> None:
    """
    Run the daemon until it is told to stop; the exit status is 1 if it could not start.
    """
    from twisted.internet import reactor

    from provd.tap import Options, makeService

    options = Options()
    options.synopsis = f"Usage: accent-provd {options.synopsis}"
    try:
        options.parseOptions(sys.argv[1:])
    except usage.UsageError as error:
        sys.exit(f"accent-provd: {error}")
    process = makeService(options)
    process.when_ready = _say_what_to_try
    globalLogBeginner.beginLoggingTo([process.log], redirectStandardIO=False)
    try:
        process.privilegedStartService()
        process.startService()
    except Exception as error:
        sys.exit(f"accent-provd can't start:\n{error}")
    reactor.addSystemEventTrigger("before", "shutdown", process.stopService)
    reactor.run()
    sys.exit(process.exit_status)


def _say_what_to_try(ready: Ready) -> None:
    command = f"curl -A '{_PHONE}' http://127.0.0.1:{ready.http_port}/001565aabb01.cfg"
    sys.stdout.write(f"try: {command}\n")
    sys.stdout.flush()

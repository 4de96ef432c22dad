"""
Everything that is measured, side by side in one run: ``make bench``, or ``--quick`` for a glance.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import http, rest, tftp
from tests.bench.prepare import mac_of
from tests.bench.servers import daemon
from tests.support import need_program

_SMALL = 10_000


def over_tftp(folder: Path, rounds: int) -> str:
    """
    Return the table for TFTP, the whole daemon among the servers: it identifies the phone at each transfer.
    """
    data = http.prepared(folder, 200)
    tftp.write_files(data / "plugins" / "yealink" / "var" / "tftpboot")
    with daemon(data) as server:
        own = f"tftp://127.0.0.1:{server.tftp}/{mac_of(7).replace(':', '')}.cfg"
        subprocess.run([need_program("curl"), "-s", "-o", "/dev/null", own], check=False)
        return tftp.run([tftp.Server("whole daemon", "127.0.0.1", server.tftp)], rounds)


def main() -> None:
    quick = "--quick" in sys.argv
    seconds = 3 if quick else 10
    with tempfile.TemporaryDirectory(prefix="provd-bench-") as name:
        print(over_tftp(Path(name), 1 if quick else tftp.ROUNDS), flush=True)
    with tempfile.TemporaryDirectory(prefix="provd-bench-") as name:
        folder = Path(name)
        small = http.prepared(folder, _SMALL)
        http.render_files(small, http.PLAYED)
        rest.main(folder, small, _SMALL, seconds)
        http.main(folder, small, seconds, 10 if quick else 30)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()

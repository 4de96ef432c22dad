"""
The benchmarks' sites are ones that the daemon serves.
"""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.bench.prepare import ip_of, mac_of
from tests.bench.servers import daemon


def test_a_prepared_site_is_served(tmp_path: Path) -> None:
    data = tmp_path / "site"
    subprocess.run([sys.executable, "-m", "tests.bench.prepare", str(data), "3", "2"], check=True)
    (data / "running").touch()  # as after an unclean stop: files are written when they are asked for
    with daemon(data) as server:
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.http}/{mac_of(2).replace(':', '')}.cfg",
            headers={
                "User-Agent": f"Yealink SIP-T46S 66.86.0.15 {mac_of(2)}",
                "X-Forwarded-For": ip_of(2),
            },
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert b"account.1" in answer.read()

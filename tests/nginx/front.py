"""
A real nginx in front of a real daemon, with the very files that are shipped; and in front of a server that
makes mistakes.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from tests.daemon.running import Daemon
from tests.support import free_port, missing, need_program
from tests.tls import self_signed

SHIPPED = Path(__file__).parents[2] / "etc" / "nginx"
SNIPPETS = ("accent-provd-phones.conf", "accent-provd-firmware.conf")


class _Mistaken(BaseHTTPRequestHandler):
    """
    Has nginx send what the query names; without one, hangs up.
    """

    def do_GET(self) -> None:
        named = parse_qs(urlsplit(self.path).query).get("send")
        if named:
            self.send_response(200)
            self.send_header("X-Accel-Redirect", named[0])
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Front:
    """
    :ivar http, https, old: ports of phones over HTTP, of the PBX over HTTPS, of old phones.
    :ivar mistaken: the port of phones over HTTP whose server names whatever file its query does.
    """

    def __init__(self) -> None:
        self._program = need_program("nginx", "nginx-light")
        if os.geteuid() != 0:
            missing("root, to run nginx as somebody else than the daemon")
        # Where others may get to, unlike pytest's folders.
        self.folder = Path(tempfile.mkdtemp(prefix="provd-nginx-"))
        self.folder.chmod(0o711)
        self.daemon = Daemon(self.folder)
        self.http, self.https, self.old, self.mistaken = (free_port() for _ in range(4))
        self._mistaken = ThreadingHTTPServer(("127.0.0.1", 0), _Mistaken)
        Thread(target=self._mistaken.serve_forever, daemon=True).start()
        self.error_log = self.folder / "nginx" / "error.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **general: object) -> None:
        proxied = {"http_proxied_listen_interface": "127.0.0.1", "http_proxied_trusted_proxies_count": 1}
        self.daemon.settings(general={**proxied, "x_accel_redirect": "/provd-files", **general})
        self.daemon.start()
        self._configure()
        self._process = subprocess.Popen(
            [self._program, "-c", str(self.folder / "nginx" / "nginx.conf"), "-g", "daemon off;"],
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 10
        while not all(_listens(port) for port in (self.http, self.https, self.old, self.mistaken)):
            assert self._process.poll() is None, self.error_log.read_text()
            assert time.monotonic() < end, "nginx doesn't listen"
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(10)
        self._mistaken.shutdown()
        self._mistaken.server_close()
        self.daemon.kill()
        shutil.rmtree(self.folder)

    def _configure(self) -> None:
        nginx = self.folder / "nginx"
        (nginx / "snippets").mkdir(parents=True)
        self.certificate = nginx / "certificate.pem", nginx / "key.pem"
        for file, content in zip(self.certificate, self_signed("127.0.0.1"), strict=True):
            file.write_bytes(content)
        for name in SNIPPETS:
            (nginx / "snippets" / name).write_text(self._here(SHIPPED / "snippets" / name))
        enabled = ("accent-provd", "accent-provd-old-phones")
        sites = [self._here(SHIPPED / "sites-available" / name) for name in enabled]
        locations = self._here(SHIPPED / "locations" / "https-available" / "accent-provd")
        certificate, key = self.certificate
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "\n".join(f"{kind}_temp_path {nginx}/{kind};" for kind in kinds)
        (nginx / "nginx.conf").write_text(f"""
user www-data;
pid {nginx}/nginx.pid;
error_log {self.error_log} info;
events {{ worker_connections 256; }}
http {{
    access_log {nginx}/access.log;
    {temporary}
    {"".join(sites)}
    server {{
        listen 127.0.0.1:{self.https} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        {locations}
    }}
    server {{
        listen 127.0.0.1:{self.mistaken};
        location / {{
            include snippets/accent-provd-phones.conf;
            proxy_pass http://127.0.0.1:{self._mistaken.server_address[1]};
        }}
        include snippets/accent-provd-firmware.conf;
    }}
}}
""")

    def _here(self, file: Path) -> str:
        """
        Return a file with this test's ports and folders instead of the machine's.
        """
        certificate, key = self.certificate
        text = file.read_text()
        for old, new in (
            ("127.0.0.1:18667", f"127.0.0.1:{self.daemon.http}"),
            ("127.0.0.1:8666", f"127.0.0.1:{self.daemon.rest}"),
            ("listen 8667;", f"listen 127.0.0.1:{self.http};"),
            ("listen 8443 ssl;", f"listen 127.0.0.1:{self.old} ssl;"),
            ("/var/lib/accent-provd/", f"{self.daemon.data}/"),
            ("/etc/ssl/certs/ssl-cert-snakeoil.pem", str(certificate)),
            ("/etc/ssl/private/ssl-cert-snakeoil.key", str(key)),
        ):
            text = text.replace(old, new)
        return re.sub(r"\n\s*listen \[::\][^\n]*", "", text)


def _listens(port: int) -> bool:
    with Path("/proc/net/tcp").open() as table:
        return any(f":{port:04X} 00000000:0000 0A" in line for line in table)

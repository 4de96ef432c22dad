"""
A web server beside a daemon: a proxy before it, plugins that it may install, and answers that are none of it.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

_PROXIED = "/api/provd/"


class Web:
    """
    Serves on loopback until it is stopped.

    :ivar daemon_port: where the proxy at ``/api/provd`` leads.
    :ivar folder: of files, at ``/files``.
    :ivar canned: path to what is answered there: a status, headers and a body.
    :ivar asked: paths and headers of the requests that came.
    :ivar released: while it isn't set, answers stop in the middle.
    """

    def __init__(self, folder: Path, certificate: tuple[bytes, bytes] | None = None) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.daemon_port = 0
        self.canned: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.released = Event()
        self.released.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        if certificate is not None:
            file = folder / "server.pem"
            file.write_bytes(b"".join(certificate))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "http" if certificate is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def answer(self, path: str, document: Any, status: int = 200, **headers: str) -> None:
        """
        Have a path answered with JSON, or with bytes as they are.
        """
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.canned[path] = (status, headers, body)

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


def _handler(web: Web) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            web.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            path = self.path.partition("?")[0]
            if path in web.canned:
                self._send(*web.canned[path])
            elif path.startswith(_PROXIED):
                self._forward()
            else:
                self._file(path.removeprefix("/files/"))

        do_POST = do_PUT = do_DELETE = do_GET

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            half = len(body) // 2
            self.wfile.write(body[:half])
            self.wfile.flush()
            web.released.wait(30)
            self.wfile.write(body[half:])

        def _forward(self) -> None:
            daemon = http.client.HTTPConnection("127.0.0.1", web.daemon_port, timeout=20)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            sent = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            daemon.request(self.command, self.path.removeprefix(_PROXIED[:-1]), body, sent)
            answer = daemon.getresponse()
            headers = {name: value for name, value in answer.getheaders() if name == "Location"}
            self._send(answer.status, headers, answer.read())
            daemon.close()

        def _file(self, name: str) -> None:
            file = web.folder / name
            if file.is_file():
                self._send(200, {}, file.read_bytes())
            else:
                self._send(404, {"Content-Type": "text/html"}, b"<h1>Not here</h1>")

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
            pass

    return Handler

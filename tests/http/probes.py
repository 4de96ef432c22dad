"""
What strangers send to web servers, for the phones' site and the administrators' alike: requests that were
seen to confuse a server in front or behind, those that must be taken all the same, and slow ones.
"""

from __future__ import annotations

from provd.http.channel import BODY_SECONDS, HEADER_SECONDS, IDLE_SECONDS

HOST = "Host: x\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
BEHIND = f"GET /SMUGGLED HTTP/1.1\r\n{HOST}\r\n"


class Probes:
    """
    Requests for one path.

    :param headers: more lines that each request has.
    :param body: that POST has where it is a proper one, in ASCII.
    """

    def __init__(self, path: str, headers: str = "", body: str = "hello") -> None:
        self.path = path
        self._more = HOST + headers
        self._body = body
        self._get, self._post = self._head("GET"), self._head("POST")

    def _head(self, method: str, path: str | None = None, version: str = "1.1") -> str:
        return f"{method} {self.path if path is None else path} HTTP/{version}\r\n{self._more}"

    def _chunked(self, body: str) -> str:
        return f"{CHUNKED}\r\n{len(body):x}\r\n{body}\r\n0\r\n\r\n"

    def refused(self) -> dict[str, str]:
        """
        Requests that are ambiguous, too large or no HTTP: answered with 400 once, and nothing behind them is
        looked at.
        """
        get, post, chunked = self._get, self._post, self._chunked(self._body)
        return {
            "both framings": f"{post}Content-Length: 3\r\n{chunked}",
            "request behind both framings": f"{post}Content-Length: 43\r\n{CHUNKED}\r\n0\r\n\r\n{BEHIND}",
            "two lengths": f"{post}Content-Length: 5\r\nContent-Length: 3\r\n\r\nhello",
            "the same length twice": f"{post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
            "two transfer encodings": f"{post}{CHUNKED}{CHUNKED}\r\n0\r\n\r\n",
            "negative length": f"{post}Content-Length: -5\r\n\r\nhello",
            "signed length": f"{post}Content-Length: +5\r\n\r\nhello",
            "length with an underscore": f"{post}Content-Length: 1_0\r\n\r\nhellohello",
            "length of 5,000 digits": f"{post}Content-Length: {'1' * 5000}\r\n\r\n",
            "length of 5,000 digits, and more": f"{post}Content-Length: {'1' * 5000}\r\nX-A: a\r\n\r\n",
            "length in two lines": f"{post}Content-Length: 5\r\n 0\r\n\r\nhello",
            "unknown transfer encoding": f"{post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "bad chunk size": f"{post}{CHUNKED}\r\n0x5\r\nhello\r\n0\r\n\r\n",
            "space before the colon": f"{post}Content-Length : 5\r\n\r\nhello",
            "bare line feed in a header": f"{get}X-A: a\nX-B: b\r\n\r\n",
            "NUL in a header": f"{get}X-A: a\0b\r\n\r\n",
            "line that is no header": f"{get}nothing\r\n\r\n",
            "two hosts": f"{get}Host: b\r\n\r\n",
            "raw bytes in the path": self._head("GET", self.path + "/\xe9") + "\r\n",
            "path without a slash": f"{self._head('GET', 'a.cfg')}\r\n",
            "asterisk": f"{self._head('OPTIONS', '*')}\r\n",
            "tunnel": f"{self._head('CONNECT', 'www.example.org:443')}\r\n",
            "version 0.9": f"GET {self.path}\r\n\r\n",
            "version 9.9": f"{self._head('GET', version='9.9')}\r\n",
            "version that is a script": f"{self._head('GET', version='<script>x')}\r\n",
            "method that is no token": f"{self._head('G(T')}\r\n",
            "space too many": f"{self._head('GET ')}\r\n",
            "TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
            "line of 20 KB": f"{get}X-A: {'a' * 20000}\r\n\r\n",
            "path of 20 KB": f"{self._head('GET', '/' + 'a' * 20000)}\r\n",
            "query of 20 KB": f"{self._head('GET', f'{self.path}?' + 'a' * 20000)}\r\n",
            "headers without end": get + "X-A: aaaaaaaa\r\n" * 2000,
            "600 headers": get + "A: a\r\n" * 600 + "\r\n",
            "5,000 headers of 1 KB": get + "".join(f"X-{i}: {'a' * 1000}\r\n" for i in range(5000)) + "\r\n",
        }

    def taken(self) -> dict[str, str]:
        """
        Requests that are answered as any other, and leave the connection open.
        """
        get, post = self._get, self._post
        return {
            "chunks": post + self._chunked(self._body),
            "a request within a chunk": post + self._chunked(BEHIND),
            "a body of GET": f"{get}Content-Length: 5\r\n\r\nhello",
            "a header in two lines": f"{get}X-A: a\r\n b\r\n\r\n",
            "no Host": f"{get}\r\n".replace(HOST, ""),
            "the absolute form": f"{self._head('GET', f'http://192.0.2.1:8667{self.path}?b=c')}\r\n",
            "the absolute form without a path": f"{self._head('GET', 'http://x?b')}\r\n",
            "two slashes": f"{self._head('GET', '/' + self.path)}\r\n",
            "bad escapes": f"{self._head('GET', '/%zz%4')}\r\n",
            "escapes that are no UTF-8": f"{self._head('GET', '/%ff%fe')}\r\n",
            "an escaped slash": f"{self._head('GET', '/a%2Fb')}\r\n",
            "escaped dots": f"{self._head('GET', '/%2e%2e%2f%2e%2e%2fetc')}\r\n",
            "a plus": f"{self._head('GET', '/a+b')}\r\n",
            "bytes in a header": f"{get}User-Agent: \xff\xfe\r\n\r\n",
            "somebody else's address": f"{get}X-Real-Ip: 192.0.2.66\r\nX-Forwarded-For: 192.0.2.66\r\n\r\n",
            "an empty line before": f"\r\n{get}\r\n",
            "DELETE": f"{self._head('DELETE')}\r\n",
            "TRACE": f"{self._head('TRACE')}\r\n",
            "BREW": f"{self._head('BREW')}\r\n",
            "__init__": f"{self._head('__init__')}\r\n",
            "options": f"{self._head('options')}\r\n",
        }

    def ending(self) -> dict[str, str]:
        """
        Requests that are answered, and with which the connection ends.
        """
        return {
            "version 1.0": f"{self._head('GET', version='1.0')}\r\n",
            "version 1.0 without a header": f"{self._head('GET', version='1.0')}\r\n".replace(HOST, ""),
            "Connection: Close": f"{self._get}Connection: Close\r\n\r\n",
        }

    def slow(self) -> dict[str, tuple[str, str, int]]:
        """
        What is sent at once, what then once a second, and after how many seconds the connection is closed.
        """
        get, post = self._get, f"{self._post}Content-Length: 100\r\n\r\n{{"
        return {
            "nothing": ("", "", IDLE_SECONDS),
            "headers, then nothing": (get, "", HEADER_SECONDS),
            "header by header": (get, "X-A: b\r\n", HEADER_SECONDS),
            "a header byte by byte": (f"{get}X-A: ", "a", HEADER_SECONDS),
            "a body, then nothing": (post, "", BODY_SECONDS),
            "a body byte by byte": (post, " ", BODY_SECONDS),
            "a body chunk by chunk": (f"{self._post}{CHUNKED}\r\n", "1\r\n \r\n", BODY_SECONDS),
            "nothing after an answer": (f"{get}\r\n", "", IDLE_SECONDS),
            "a second request byte by byte": (f"{get}\r\nGET /b", "a", HEADER_SECONDS + 1),
            "lines that never end": (f"{get}\r\n".replace("\r\n", "\n"), "", HEADER_SECONDS),
        }

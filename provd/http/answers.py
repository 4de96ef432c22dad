"""
Short plain answers, for requests that no plugin answers.
"""

from __future__ import annotations

from typing import Any

from twisted.web import http


def refuse(request: Any, code: int) -> None:
    """
    Answer with a status and its name, and nothing about why: a phone can't read it, a stranger shouldn't.
    """
    text = http.RESPONSES[code] + b"\n"
    request.setResponseCode(code)
    request.setHeader(b"content-type", b"text/plain; charset=utf-8")
    request.setHeader(b"content-length", b"%d" % len(text))
    if request.method != b"HEAD":
        request.write(text)
    request.finish()

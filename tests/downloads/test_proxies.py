"""
The proxies that administrators write.
"""

from __future__ import annotations

import pytest

from provd.downloads.proxies import BadProxy, Proxy, proxy_for


@pytest.mark.parametrize(
    ("setting", "proxy"),
    [
        ("http://proxy.example.org:3128", Proxy("proxy.example.org", 3128, None)),
        ("http://proxy.example.org/", Proxy("proxy.example.org", 80, None)),
        ("proxy.example.org:8080", Proxy("proxy.example.org", 8080, None)),
        ("HTTP://[::1]:3128", Proxy("::1", 3128, None)),
        ("me:pw@proxy.example.org:3128", Proxy("proxy.example.org", 3128, "Basic bWU6cHc=")),
        ("http://me:p%40w@proxy.example.org:3128", Proxy("proxy.example.org", 3128, "Basic bWU6cEB3")),
        ("http://me:a/b#c@d@proxy:3128", Proxy("proxy", 3128, "Basic bWU6YS9iI2NAZA==")),
        ("http://me@proxy:3128", Proxy("proxy", 3128, "Basic bWU6")),
    ],
)
def test_a_proxy_is_read(setting: str, proxy: Proxy) -> None:
    assert proxy_for("https", {"https": setting}) == proxy


def test_without_a_proxy_there_is_none() -> None:
    assert proxy_for("http", {"https": "proxy:1", "http": ""}) is None


@pytest.mark.parametrize("setting", ["http://", "proxy:port", "socks5://proxy:1080", "me:secret@", "[::1"])
def test_what_is_no_proxy_is_told_without_its_password(setting: str) -> None:
    with pytest.raises(BadProxy) as caught:
        proxy_for("http", {"http": setting})
    assert "secret" not in str(caught.value)


def test_a_password_is_not_printed() -> None:
    assert "bWU6" not in repr(Proxy("proxy", 1, "Basic bWU6cHc="))

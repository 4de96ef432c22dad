"""
Settings that an existing server had by default, or in its file, and that this one has to be told.
"""

from __future__ import annotations

from typing import Any

import yaml

__all__ = ["written_out"]

# decisions on defaults: nginx on 8667 passed phones on to 18667, callers and tenants were accent-auth's.
_FORMER: dict[str, dict[str, Any]] = {
    "general": {
        "http_proxied_listen_interface": "127.0.0.1",
        "http_proxied_listen_port": 18667,
        "http_proxied_trusted_proxies_count": 1,
    },
    "auth": {"type": "accent_auth"},
}
_HEADER = """\
# Written by provd-cli import: what the server before had by default or in its own file, so that nginx,
# accent-auth and other services beside it go on.
"""


def written_out(old: dict[str, Any] | None) -> tuple[str, list[str]]:
    """
    Return a file of settings, and the keys that it leaves out: paths, which are others here.

    :param old: the content of the former ``config.yml``; None if nobody told it.
    """
    values = {section: dict(keys) for section, keys in _FORMER.items()}
    left_out: list[str] = []
    for section, content in (old or {}).items():
        if not isinstance(content, dict):
            if _is_path(content):
                left_out.append(section)
            else:
                values[section] = content
            continue
        kept = values.setdefault(section, {})
        for key, value in content.items():
            if _is_path(value):
                left_out.append(f"{section}.{key}")
            else:
                kept[key] = value
    filled = {section: content for section, content in values.items() if content != {}}
    return _HEADER + yaml.safe_dump(filled, sort_keys=True, allow_unicode=True), left_out


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("/")

"""
What Asterisk's files must hold for a provd: its account of unclaimed phones, the dialplan that they call, and
the account of provd at the manager port.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provd.logs import Secret

__all__ = ["OUTBOUND", "Account", "account_of", "extensions", "manager", "pjsip"]

OUTBOUND = "default_outbound_endpoint"
"""The endpoint that Asterisk takes unless told otherwise."""

_DIALPLAN = Path(__file__).with_name("extensions.conf")
_AGI = "agi://127.0.0.1:4573/"
_NAME = re.compile(r"[A-Za-z0-9_.+@-]+", re.ASCII)


@dataclass(frozen=True)
class Account:
    """
    The SIP account that all unclaimed phones share.
    """

    username: str
    auth_username: str
    password: Secret
    transport: str


def account_of(raw_config: Mapping[str, Any]) -> Account:
    """
    Return the account that phones of a config register with.

    :param raw_config: with what it inherits.
    :raises ValueError: if there is none, or Asterisk can't have it; the text holds no password.
    """
    lines = raw_config.get("sip_lines")
    line = lines.get("1") if isinstance(lines, dict) else None
    if not isinstance(line, dict):
        raise ValueError("has no line 1")
    username = _name(line, "username")
    auth_username = _name(line, "auth_username") if line.get("auth_username") else username
    password = line.get("password")
    if not isinstance(password, str) or not password.isprintable() or password != password.strip():
        raise ValueError("has a line 1 whose password can't be one of Asterisk's")
    return Account(username, auth_username, Secret(password), str(raw_config.get("sip_transport") or "udp"))


def _name(line: Mapping[str, Any], key: str) -> str:
    name = line.get(key)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"has a line 1 whose {key} can't be one of Asterisk's")
    return name


def pjsip(account: Account, language: str, outbound: str = OUTBOUND) -> str:
    """
    Return what ``pjsip.conf`` must hold.

    :param language: of the prompts.
    :param outbound: the endpoint in whose name Asterisk sends to addresses.
    :raises ValueError: if there can't be such an endpoint.
    """
    if not _NAME.fullmatch(outbound):
        raise ValueError("outbound_endpoint can't be the name of one of Asterisk's")
    name = account.username
    return f"""\
; The account of phones that nobody has claimed; all of them have it.  In pjsip.conf, which must have a
; transport: these phones use {account.transport}.  What they may do is dial a code: keep their context so.
[{name}]
type=endpoint
context=accent-provd
language={language}
allow=!all,ulaw,alaw
identify_by=username,auth_username
auth={name}
aors={name}
; Phones behind NAT are reached where their registration came from.
force_rport=yes
rewrite_contact=yes
rtp_symmetric=yes
direct_media=no
allow_subscribe=no

[{name}]
type=auth
auth_type=userpass
username={account.auth_username}
password = {_value(account.password)}

; As many phones as may wait to be claimed; the registration that ends first makes room for one more.
[{name}]
type=aor
max_contacts=1000
remove_existing=yes

; In its name Asterisk notifies one phone of several that have an account, and phones that aren't registered.
; {_global(outbound)}
; If there is one of that name already, leave one of the two out, or Asterisk has no endpoint at all.
; Nobody may call as it: without identify_by=ip, whoever says to be it could, as it has no password.
[{outbound}]
type=endpoint
context=accent-provd-nobody
identify_by=ip
allow=!all,ulaw
allow_subscribe=no
"""


def _global(outbound: str) -> str:
    # Never a section of its own: Asterisk takes one of type global, and with a second one none at all.
    if outbound == OUTBOUND:
        return "Section [global] need not name it, but must name no other default_outbound_endpoint."
    return f"Section [global] (type=global) must have default_outbound_endpoint={outbound}"


def extensions(host: str, port: int) -> str:
    """
    Return what ``extensions.conf`` must hold.

    :param host: of the FastAGI server, as Asterisk reaches it.
    """
    shown = f"[{host}]" if ":" in host else host
    return _DIALPLAN.read_text().replace(_AGI, f"agi://{shown}:{port}/")


def manager(username: str, secret: Secret, address: str, is_new: bool) -> str:
    """
    Return what ``manager.conf`` must hold.

    :param address: from which provd connects.
    :param is_new: whether provd's settings don't have this account yet.
    """
    text = f"""\
; The account with which provd has phones notified: sync_service_type ami.  In manager.conf, whose section
; [general] must have enabled=yes.
[{username}]
secret = {_value(secret)}
deny=0.0.0.0/0,::/0
permit={_permitted(address)}
write=system
"""
    if not is_new:
        return text
    return f"""\
{text}
; provd's settings, conf.d/asterisk.yml, which nobody else should be able to read:
;   general: {{sync_service_type: ami}}
;   ami: {{username: {username}, password: {secret.reveal()}}}
"""


def _permitted(address: str) -> str:
    # The ami.host localhost is either of the two, as Asterisk listens.
    return "127.0.0.1,::1" if address in ("127.0.0.1", "::1") else address


def _value(secret: Secret) -> str:
    return secret.reveal().replace(";", "\\;")  # it would begin a comment

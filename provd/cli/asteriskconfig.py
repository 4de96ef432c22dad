"""
``provd-cli asterisk config``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from provd.app.firststart import random_text
from provd.errors import InvalidSettings
from provd.logs import Secret
from provd.settings.load import load
from provd.settings.model import Ami

from .asteriskfiles import OUTBOUND, Account, account_of, extensions, manager, pjsip
from .failures import CommandFailed, Exit
from .options import api_command
from .parametertypes import ADDRESS
from .paths import place

if TYPE_CHECKING:
    from .session import Session

__all__ = ["config"]

_FILES = ("pjsip", "extensions", "manager")
_USUAL_PORT = 4573
_USERNAME = "accent-provd"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[_-][A-Za-z0-9]+)*", re.ASCII)


def _language(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise click.BadParameter("isn't a language such as fr or fr_CA")
    return value


@api_command("config")
@click.argument("file", type=click.Choice(_FILES), required=False)
@click.option(
    "--provd",
    type=ADDRESS,
    default="127.0.0.1",
    show_default=True,
    help="The address of provd, as Asterisk sees it.",
)
@click.option(
    "--language",
    metavar="CODE",
    default="en",
    show_default=True,
    callback=_language,
    help="Of what callers hear.",
)
async def config(session: Session, file: str | None, provd: str, language: str) -> None:
    """
    Print what Asterisk needs, passwords included.

    The PJSIP account of phones that nobody has claimed, the dialplan in which they dial provisioning codes,
    and provd's account at the manager port: all of them, or what FILE must hold.

    The account at the manager port is that of the settings on this machine; without one, it is made up, and
    what the settings then need is told.
    """
    texts = {name: await _text(session, name, provd, language) for name in ((file,) if file else _FILES)}
    if session.output.as_json:
        session.output.json(texts)
        return
    for name, text in texts.items():
        if file is None:
            session.output.line(f";;; {name}.conf")
            session.output.line("")
        for line in text.splitlines():
            session.output.line(line)
        if file is None:
            session.output.line("")


async def _text(session: Session, file: str, provd: str, language: str) -> str:
    if file == "pjsip":
        ami = _ami()
        try:
            return pjsip(await _account(session), language, ami.outbound_endpoint if ami else OUTBOUND)
        except ValueError as error:
            raise CommandFailed(f"the settings ami: {error}") from None
    if file == "extensions":
        return extensions(provd, await _agi_port(session))
    account = _manager_account()
    username, secret = account or (_USERNAME, Secret(random_text(24)))
    return manager(username, secret, provd, is_new=account is None)


async def _account(session: Session) -> Account:
    query = {"q": '{"role":"autocreate"}', "fields": "id", "limit": "1"}
    found = (await session.api.get(place("cfg_mgr", "configs"), query))["configs"]
    if not found:
        raise CommandFailed("no config has the role autocreate, so new phones get no account", Exit.NOT_FOUND)
    config_id = found[0]["id"]
    raw = (await session.api.get(place("cfg_mgr", "configs", config_id, "raw")))["raw_config"]
    try:
        return account_of(raw)
    except ValueError as error:
        raise CommandFailed(f"the config {config_id} {error}") from None


async def _agi_port(session: Session) -> int:
    agi = (await session.api.get(place("status"))).get("agi")
    if agi is None:
        session.output.note(
            f"provd doesn't listen for the dialplan yet: its settings need agi: {{port: {_USUAL_PORT}}}"
        )
        return _USUAL_PORT
    return int(agi["port"])


def _manager_account() -> tuple[str, Secret] | None:
    """
    Return the account that the settings of this machine name, if there are any that may be read.
    """
    ami = _ami()
    return (ami.username, ami.password) if ami and ami.username and ami.password else None


def _ami() -> Ami | None:
    try:
        return load().settings.ami
    except InvalidSettings:
        return None

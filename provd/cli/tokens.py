"""
``provd-cli token``: who may call the API.
"""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from .localauth import own
from .options import api_command
from .paths import place
from .tables import Column
from .when import moment, shown_time

if TYPE_CHECKING:
    from .session import Session

__all__ = ["create_token", "list_tokens", "revoke_tokens"]


class _Moment(click.ParamType[float]):
    name = "WHEN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return value if isinstance(value, float) else moment(value, time.time())
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, ctx)


class _TokenId(click.ParamType[str]):
    name = "ID"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        # What isn't one may be a token, which no message should show.
        if not re.fullmatch("[0-9a-f]{16}", value):
            self.fail("isn't the id of a token, see 'provd-cli token list'", param, ctx)
        return value


@api_command("create")
@click.argument("name")
@click.option(
    "--acl",
    metavar="ACCESS",
    multiple=True,
    help="What it opens, such as 'provd.dev_mgr.#'; may be given several times. ! in front refuses.",
)
@click.option("--admin", is_flag=True, help="It opens everything.")
@click.option("--expires", type=_Moment(), help="90m, 12h, 30d, 4w from now, or a date: 2027-01-31.")
async def create_token(
    session: Session, name: str, acl: tuple[str, ...], admin: bool, expires: float | None
) -> None:
    """
    Make a token, and print it: this once, never again.

    NAME tells whose it is.  It is of the tenant that --tenant names, else of the caller's, and can open no
    more than the caller's own.

    TOKEN=$(provd-cli token create dhcp --acl provd.dev_mgr.dhcpinfo.create)
    """
    if bool(acl) == admin:
        raise click.UsageError("Say what it opens: --acl, or --admin for everything.")
    wanted: dict[str, Any] = {"name": name, "acl": list(acl) or ["#"]}
    if expires is not None:
        wanted["expires"] = expires
    with own("tokens"):
        answer = await session.api.post(place("auth", "tokens"), {"token": wanted})
    if session.output.as_json:
        session.output.json(answer.body)
        return
    if sys.stdout.isatty():
        session.output.note(f"token {answer.body['id']} is made; it is shown only now:")
    session.output.line(answer.body["token"])


@api_command("list")
async def list_tokens(session: Session) -> None:
    """
    List tokens, without their texts.
    """
    now = time.time()

    def state(document: dict[str, Any]) -> str:
        expires = document["expires"]
        return "expired" if expires is not None and expires <= now else "good"

    columns = (
        Column("id"),
        Column("name"),
        Column("state", state, style=lambda text: "red" if text == "expired" else ""),
        Column("acl", is_long=True),
        Column("created", lambda document: shown_time(document["created"]), is_spare=True),
        Column("expires", lambda document: shown_time(document["expires"])),
        Column("last_used", lambda document: shown_time(document["last_used"])),
        Column("tenant_uuid", is_spare=True),
    )
    with own("tokens"):
        found = (await session.api.get(place("auth", "tokens")))["tokens"]
    session.output.table(columns, found, "tokens")


@api_command("revoke")
@click.argument("tokens", metavar="ID...", nargs=-1, required=True, type=_TokenId())
async def revoke_tokens(session: Session, tokens: tuple[str, ...]) -> None:
    """
    Have tokens open nothing any more.  Their ids are in the list.
    """
    for token_id in tokens:
        with own("tokens"):
            await session.api.delete(place("auth", "tokens", token_id))
        session.output.line(f"{token_id} is revoked")

"""
``provd-cli requests``: what phones asked lately, and what became of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from provd.addresses import norm_mac

from .failures import CommandFailed, Exit
from .options import ApiCommand, ApiGroup, in_reactor
from .parametertypes import MAC
from .paths import place
from .references import find_device
from .tracefollow import News, Rows
from .traces import COLUMNS, WIDTHS, told

if TYPE_CHECKING:
    from .session import Session

__all__ = ["requests"]

Trace = dict[str, Any]

_SHOWN = 20
_MOST = News.ALL
_EVERY = 1.0
"""Seconds between one question and the next."""


@click.group(cls=ApiGroup, invoke_without_command=True)
@click.option("--device", metavar="ID|MAC", help="Those of a device.")
@click.option("--ip", metavar="ADDRESS", help="Those from an address.")
@click.option("--mac", type=MAC, help="Those that told a MAC address.")
@click.option("--limit", type=click.IntRange(1, _MOST), default=_SHOWN, show_default=True)
@click.option("-f", "--follow", is_flag=True, help="Go on with those to come, until interrupted.")
@click.pass_context
def requests(
    context: click.Context, device: str | None, ip: str | None, mac: str | None, limit: int, follow: bool
) -> None:
    """
    What phones asked lately, and what they got.

    The last is at the end.  "requests show ID" tells all of one.  With --json and --follow, each line is a
    document.
    """
    if context.invoked_subcommand is None:
        chosen = {name: value for name, value in (("device", device), ("ip", ip), ("mac", mac)) if value}
        in_reactor(_follow if follow else _list)(chosen=chosen, limit=limit)


async def _list(session: Session, chosen: dict[str, Any], limit: int) -> None:
    found = await _traces(session, await _settled(session, chosen), limit)
    session.output.table(COLUMNS, found, "requests")


async def _settled(session: Session, chosen: dict[str, Any]) -> dict[str, Any]:
    """
    Return what is chosen by, a device by its id.
    """
    try:
        norm_mac(chosen["device"])
    except (KeyError, ValueError):
        return chosen  # an id may be that of a device which is gone
    return {**chosen, "device": (await find_device(session, chosen["device"]))["id"]}


async def _traces(session: Session, chosen: dict[str, Any], limit: int) -> list[Trace]:
    """
    Return the last requests, the oldest first.
    """
    answer = await session.api.get(place("requests"), {**chosen, "limit": str(limit)})
    return list(reversed(answer["requests"]))


async def _follow(session: Session, chosen: dict[str, Any], limit: int) -> None:
    """
    Show the last requests and then those to come.  While the daemon is away, wait for it.
    """
    chosen = await _settled(session, chosen)
    before = await _traces(session, chosen, _MOST)
    news = News(before)
    rows = Rows(session.output, COLUMNS, WIDTHS)
    rows.add(before[-limit:])
    is_away = False
    while True:
        await session.pause(_EVERY)
        try:
            found = await _traces(session, chosen, news.wanted())
            if news.may_lack(found):
                found = await _traces(session, chosen, _MOST)
        except CommandFailed as error:
            if error.code != Exit.UNREACHABLE:
                raise
            if not is_away:
                session.output.note(f"{error.message}; trying again")
            is_away = True
            continue
        is_away = False
        rows.add(news.of(found))


@requests.command("show", cls=ApiCommand)
@click.argument("number", metavar="ID", type=int)
@click.option("--device", metavar="ID|MAC", help="Look among those of a device: some are kept longer.")
@in_reactor
async def show_request(session: Session, number: int, device: str | None) -> None:
    """
    Show one request, step by step.
    """
    chosen = await _settled(session, {} if device is None else {"device": device})
    found = [trace for trace in await _traces(session, chosen, _MOST) if trace["id"] == number]
    if not found:
        raise CommandFailed(f"no request {number} among those that are kept", Exit.NOT_FOUND)
    session.output.document(found[0] if session.output.as_json else told(found[0]))

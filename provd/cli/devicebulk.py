"""
``provd-cli devices synchronize`` and ``reconfigure``: one device or very many.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click

from provd.model.operation import OIP_SUCCESS

from .editing import all_of
from .failures import CommandFailed, Exit
from .following import ended
from .listing import device_filters, query_of, selector
from .options import api_command
from .paths import place
from .progress import Counted
from .references import find_devices, name_of
from .syncstate import why_not_asked

if TYPE_CHECKING:
    from .session import Session

__all__ = ["reconfigure", "synchronize"]

Device = dict[str, Any]
Act = Callable[[Device], Awaitable[str]]
"""Does it to a device; returns what is wrong, empty if all is well."""

# A failure of one device; any other is one of all.
_OF_ONE = (Exit.FAILED, Exit.NOT_FOUND, Exit.CONFLICT)
_AT_ONCE = 8

_chosen = all_of(
    click.argument("devices", metavar="[DEVICE]...", nargs=-1),
    click.option("--using-plugin", metavar="ID", multiple=True, help="Those of a plugin, as --plugin."),
    click.option("--all", "everything", is_flag=True, help="All that the caller may see in the tenant."),
    device_filters,
)


@api_command("synchronize")
@_chosen
@click.option("--no-wait", is_flag=True, help="Begin, and don't wait for the end.")
async def synchronize(session: Session, no_wait: bool, **chosen: Any) -> None:
    """
    Ask phones to fetch their files again.

    That a phone was asked doesn't say that it has obeyed: "sync" of provd-cli devices show tells it later,
    and provd-cli requests --follow shows it.
    """

    async def ask(device: Device) -> str:
        begun = await session.api.post(place("dev_mgr", "synchronize"), {"id": device["id"]})
        if no_wait:
            return ""
        operation = await ended(session, begun.location)
        if operation.state == OIP_SUCCESS:
            return ""
        return f"the phone can't be asked: {await why_not_asked(session, device['id'])}"

    await _do(session, chosen, "synchronize", "begun" if no_wait else "synchronized", ask)


@api_command("reconfigure")
@_chosen
async def reconfigure(session: Session, **chosen: Any) -> None:
    """
    Write the files of phones anew.
    """

    async def rewrite(device: Device) -> str:
        await session.api.post(place("dev_mgr", "reconfigure"), {"id": device["id"]})
        after = (await session.api.get(place("dev_mgr", "devices", device["id"])))["device"]
        if after.get("configured"):
            return ""
        missing = [key for key in ("plugin", "config") if not after.get(key)]
        return f"has no {missing[0]}" if missing else "isn't configured: the daemon's log says why"

    await _do(session, chosen, "reconfigure", "reconfigured", rewrite)


async def _do(session: Session, chosen: dict[str, Any], what: str, done: str, act: Act) -> None:
    """
    Do the same to all chosen devices, whatever becomes of any of them.

    :raises CommandFailed: if it failed for one of them.
    """
    devices = await _devices(session, **chosen)
    if not devices:
        raise CommandFailed("no device fits", Exit.NOT_FOUND)
    outcomes: dict[str, str] = {}
    with Counted(what, len(devices)) as one_done:

        async def one(device: Device) -> None:
            try:
                problem = await act(device)
            except CommandFailed as error:
                if error.code not in _OF_ONE:
                    raise
                problem = error.message
            outcomes[device["id"]] = problem
            one_done(f"{name_of(device)}: {problem}" if problem and len(devices) > 1 else "")

        with session.saying("interrupted: what was begun goes on"):
            await session.each(devices, one, _AT_ONCE)
    failed = [device_id for device_id, problem in outcomes.items() if problem]
    if session.output.as_json:
        session.output.json(
            [
                {"id": device["id"], "state": "fail", "message": outcomes[device["id"]]}
                if outcomes[device["id"]]
                else {"id": device["id"], "state": "success"}
                for device in devices
            ]
        )
    is_one = len(devices) == 1
    if failed and is_one:
        raise CommandFailed(f"{name_of(devices[0])}: {outcomes[failed[0]]}")
    if failed:
        raise CommandFailed(f"{len(failed)} of {len(devices)} devices failed")
    session.output.line(f"{name_of(devices[0]) if is_one else f'{len(devices)} devices'}: {done}")


async def _devices(
    session: Session,
    devices: tuple[str, ...],
    using_plugin: tuple[str, ...],
    everything: bool,
    query: dict[str, Any] | None,
    recurse: bool,
    **filters: Any,
) -> list[Device]:
    """
    Return the devices that are chosen by name, by filters, or all.

    :raises CommandFailed: if one that is named isn't there.
    """
    filters["f_plugin"] += using_plugin
    chosen = selector(filters, query)
    if sum(map(bool, (devices, chosen, everything))) != 1:
        raise click.UsageError("Name devices, or choose them by filters, or say --all: one of the three.")
    if devices:
        return await find_devices(session, devices)
    wanted = query_of(chosen, ("id", "mac"))
    if recurse:
        wanted["recurse"] = "true"
    found: list[Device] = (await session.api.get(place("dev_mgr", "devices"), wanted))["devices"]
    return found

"""
``provd-cli devices provision``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .options import api_command
from .parametertypes import ADDRESS
from .paths import place
from .references import find_device, name_of
from .syncstate import why_not_asked

if TYPE_CHECKING:
    from .session import Session

__all__ = ["provision"]


@api_command("provision")
@click.argument("code")
@click.option("--device", metavar="DEVICE", help="Which phone.")
@click.option("--ip", type=ADDRESS, help="The phone at this address.")
async def provision(session: Session, code: str, device: str | None, ip: str | None) -> None:
    """
    Give a phone to the user whose provisioning code this is.

    As if it were dialed on the phone: the config with that X_provisioning_code moves to it.  The code
    "autoprov" takes the phone back to the pool.  Others on this machine see a CODE in the list of processes;
    "-" reads it from standard input.
    """
    if (device is None) == (ip is None):
        raise click.UsageError("Either --device or --ip must be given.")
    if code == "-":
        code = sys.stdin.readline().strip()
    where = {"ip": ip} if device is None else {"device_id": (await find_device(session, device))["id"]}
    done = (await session.api.post(place("dev_mgr", "provision"), {"code": code, **where})).body
    if session.output.as_json:
        session.output.json(done)
        return
    phone = name_of(await find_device(session, done["device_id"]))
    session.output.line(f"{phone} has the config {done['config_id']}, tenant {done['tenant_uuid']}")
    for device_id in done["released"]:
        former = name_of(await find_device(session, device_id))
        session.output.line(f"{former} had it, and is back in the pool")
    if not done["configured"]:
        session.output.note(f"{phone} isn't configured: the daemon's log says why")
    elif not done["synchronized"]:
        why = await why_not_asked(session, done["device_id"])
        session.output.note(f"{phone} wasn't asked to fetch its files: {why}")

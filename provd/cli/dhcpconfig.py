"""
``provd-cli dhcp config``.
"""

from __future__ import annotations

import ipaddress
import platform
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from provd.dhcp.dnsmasq import dnsmasq
from provd.dhcp.isc import isc
from provd.dhcp.kea import HOOKS, kea
from provd.dhcp.rules import Rule, rules_of
from provd.dhcp.site import Site, site_of
from provd.model.phoneclass import PhoneClass

from .dhcpcheck import NotInstalled, Refused, check
from .failures import CommandFailed, Exit
from .options import api_command
from .parametertypes import IP
from .paths import place

if TYPE_CHECKING:
    from .session import Session

__all__ = ["config"]

_HOOK = "/usr/bin/accent-provd-dhcp-hook"
_MACHINES = {"i686": "i386", "armv7l": "arm"}


@api_command("config")
@click.option(
    "--server", type=click.Choice(("isc", "kea", "dnsmasq")), required=True, help="Which DHCP server."
)
@click.option("--subnet", metavar="NETWORK", required=True, help="192.0.2.0/24")
@click.option("--range", "addresses", metavar="A-B", required=True, help="The addresses to be given.")
@click.option("--router", metavar="IP", required=True, help="The way out of the subnet.")
@click.option("--dns", metavar="IP", multiple=True, help="A DNS server; may be repeated.")
@click.option("--ntp", metavar="IP", multiple=True, help="A time server; may be repeated.")
@click.option("--domain", metavar="NAME", help="The domain of the phones.")
@click.option("--lease-time", "lease", metavar="SECONDS", type=int, default=43200, show_default=True)
@click.option(
    "--answer",
    type=click.Choice(("all", "phones")),
    default="all",
    show_default=True,
    help="Who gets an address.  Only phones are told of provd.",
)
@click.option(
    "--interface", metavar="NAME", help="The interface of the subnet; all of them if it isn't told."
)
@click.option("--provd", metavar="IP", type=IP, help="The address of provd, as phones see it.")
@click.option(
    "--hook", metavar="FILE", default=_HOOK, show_default=True, help="The program that tells provd of leases."
)
@click.option("--no-hook", is_flag=True, help="Tell provd nothing.")
@click.option(
    "--check", "is_checked", is_flag=True, help="Have the server check it, if it is installed here."
)
async def config(
    session: Session,
    server: str,
    subnet: str,
    addresses: str,
    router: str,
    dns: tuple[str, ...],
    ntp: tuple[str, ...],
    domain: str | None,
    lease: int,
    answer: str,
    interface: str | None,
    provd: str | None,
    hook: str,
    no_hook: bool,
    is_checked: bool,
) -> None:
    """
    Print what a DHCP server needs to lead phones here.

    Each family of phones is told from others as its plugin says, and gets the option that it reads.  With
    keys in URLs, the tenant's is in it: keep the file from others.
    """
    try:
        site = site_of(
            subnet,
            addresses,
            router,
            dns=dns,
            ntp=ntp,
            domain=domain,
            lease=lease,
            phones_only=answer == "phones",
            interface=interface,
            hook=None if no_hook else hook,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    facts = await session.api.get(place("dhcp"))
    rules = _rules(session, facts, provd, site)
    text = _WRITERS[server](site, rules)
    if session.output.as_json:
        session.output.json({"server": server, "config": text})
    else:
        for line in text.splitlines():
            session.output.line(line)
    if is_checked:
        _check(session, server, text)


def _rules(session: Session, facts: dict[str, Any], provd: str | None, site: Site) -> list[Rule]:
    url = str(facts["url"])
    if provd is not None:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
        url = f"{parts.scheme}://{provd}{port}{parts.path}"
    elif not facts["is_advertised"]:
        session.output.note(
            f"phones are led to {url}: tell --provd, or general.advertised_http_url, if that is wrong"
        )
    _check_host(urlsplit(url).hostname or "", site)
    if facts["has_keys"]:
        if facts["provisioning_key"] is None:
            raise CommandFailed("the tenant has no key: provd-cli params set provisioning_key ...")
        url = f"{url}/{facts['provisioning_key']}"
    for plugin, problem in facts["broken"].items():
        session.output.note(f"the phones of {plugin} are left out: {problem}")
    classes = [
        PhoneClass.model_validate({key: value for key, value in each.items() if key != "plugin"})
        for each in _different(facts["classes"])
    ]
    if not classes:
        session.output.note("no plugin is installed whose phones a DHCP server can tell")
    try:
        return rules_of(classes, url)
    except ValueError as error:
        raise CommandFailed(str(error)) from None


def _different(classes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return classes of which no two have the same name: the second one is called by its plugin, too.
    """
    names: set[str] = set()
    different: list[dict[str, Any]] = []
    for each in classes:
        name, number = each["name"], 1
        while name in names:
            number += 1
            name = f"{each['name'][:27]}-{number}"
        names.add(name)
        different.append({**each, "name": name})
    return different


def _check_host(host: str, site: Site) -> None:
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        return  # a name
    if address.is_loopback:
        raise CommandFailed(f"phones can't reach {address}: tell --provd", Exit.USAGE)
    if site.first <= address <= site.last:
        raise CommandFailed(f"--range has provd's own address {address}", Exit.USAGE)


def _kea(site: Site, rules: list[Rule]) -> str:
    machine = platform.machine()
    return kea(site, rules, HOOKS.format(machine=_MACHINES.get(machine, machine)))


_WRITERS = {"isc": isc, "kea": _kea, "dnsmasq": dnsmasq}


def _check(session: Session, server: str, text: str) -> None:
    try:
        check(server, text)
    except NotInstalled as error:
        session.output.note(f"not checked, as it isn't on this machine: {error}")
    except Refused as error:
        raise CommandFailed(f"refused by the server: {error}") from None
    else:
        session.output.note("checked: the server takes it")

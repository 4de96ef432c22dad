"""
``GET /dhcp``: what whoever configures a DHCP server must know of this daemon.
"""

from __future__ import annotations

from provd.app.dhcpfacts import DHCPFacts

from .handlers import Handler

__all__ = ["DHCP"]


class DHCP(Handler):
    """
    ``GET /dhcp``: see :meth:`provd.app.dhcpfacts.DHCPFacts.of`.
    """

    required = {"GET": "provd.dhcp.read"}

    async def get(self) -> None:
        facts: DHCPFacts = self.parts["dhcp_facts"]
        self.answer(await facts.of(self.caller.tenant))

"""
``POST /dev_mgr/dhcpinfo``: what a DHCP server tells of a lease.
"""

from __future__ import annotations

from provd.leases.news import lease_of

from .handlers import Handler

__all__ = ["DHCPInfo"]


class DHCPInfo(Handler):
    """
    ``POST /dev_mgr/dhcpinfo {"dhcp_info": {"op", "ip", "mac", "options"}}``
    """

    required = {"POST": "provd.dev_mgr.dhcpinfo.create"}

    def post(self) -> None:
        lease = lease_of(self.document("dhcp_info"))
        if lease is not None:
            self.parts["leases"](lease)
        self.done()

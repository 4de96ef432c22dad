"""
Asking a phone, by a SIP NOTIFY, to fetch its configuration again.
"""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.defer import Deferred
from zope.interface import Attribute, Interface

from provd.model.device import Device

from .current import get_sync_service

__all__ = ["ISynchronizer", "SynchronizeException", "standard_sip_synchronize"]

_AUTOPROV_PREFIX, _AUTOPROV_LENGTH = "ap", 10


class SynchronizeException(Exception):
    """
    The phone can't be asked, or the asking failed.
    """


class CannotNotify(SynchronizeException):
    """
    The same as this module tells it, in words that hold nothing secret.
    """


class ISynchronizer(Interface):
    """
    A way to send a NOTIFY to a phone.

    In both methods ``event`` is the value of the ``Event`` header and ``extra_vars`` a sequence of further
    ``Name=value`` texts, or None.
    """

    TYPE = Attribute("``'AsteriskAMI'``, as that is what plugins know, whatever the way of sending.")

    async def sip_notify_by_peer(peer: str, event: str, extra_vars: Sequence[str] | None = None) -> None:
        """
        Notify the phone that is registered for a SIP endpoint.

        :raises SynchronizeException: if it could not be sent.
        """

    async def sip_notify_by_ip(ip: str, event: str, extra_vars: Sequence[str] | None = None) -> None:
        """
        Notify the phone at an address.

        :raises SynchronizeException: if it could not be sent.
        """


def standard_sip_synchronize(
    device: Device, event: str = "check-sync", extra_vars: Sequence[str] | None = None
) -> Deferred[None]:
    """
    Send a NOTIFY to a device: to the SIP endpoint of the configuration it was last seen to have, else to
    its address.

    :param extra_vars: ``Name=value`` texts, sent after ``Event=<event>``.
    :returns: a Deferred that fails with :class:`SynchronizeException` if there is no way to send it.
    """
    return Deferred.fromCoroutine(_synchronize(device, event, extra_vars))


async def _synchronize(device: Device, event: str, extra_vars: Sequence[str] | None) -> None:
    service = get_sync_service()
    if service is None or getattr(service, "TYPE", None) != "AsteriskAMI":
        raise CannotNotify("no service to send a SIP NOTIFY with")
    peer = device.get("remote_state_sip_username")
    if peer and not _is_autoprov(peer):
        await service.sip_notify_by_peer(peer, event, extra_vars)
    elif device.get("ip"):
        await service.sip_notify_by_ip(device["ip"], event, extra_vars)
    else:
        raise CannotNotify("neither the SIP endpoint nor the address of the device is known")


def _is_autoprov(username: str) -> bool:
    # All phones that aren't claimed yet share one SIP account: it tells nothing of which phone it is.
    return username.startswith(_AUTOPROV_PREFIX) and len(username) == _AUTOPROV_LENGTH

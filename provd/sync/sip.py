"""
Asking a phone, by a SIP NOTIFY, to fetch its configuration again.
"""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.defer import Deferred
from zope.interface import Attribute, Interface

from provd.model.device import Device

from .current import get_sync_service
from .phone import phone_of

__all__ = ["ISynchronizer", "SynchronizeException", "standard_sip_synchronize"]


class SynchronizeException(Exception):
    """
    The phone can't be asked, or the asking failed.
    """


class CannotNotify(SynchronizeException):
    """
    The same as this module tells it, in words that hold nothing secret.
    """


class NotRegistered(CannotNotify):
    """
    No phone is registered for the endpoint, or none that can be this one.
    """


class ISynchronizer(Interface):
    """
    What sends a NOTIFY to a phone.

    In all methods ``event`` is the value of the ``Event`` header and ``extra_vars`` a sequence of further
    ``Name=value`` texts, or None: headers, or lines of the body where the name is ``Content``.  They begin at
    once, and may be called in any thread; the Deferred fails with :class:`SynchronizeException` if it could
    not be sent.

    All but the first, which is of this version, wait where they are called in a thread of a plugin, and
    return or raise what the Deferred would tell: earlier versions did, and plugins hand them to
    ``deferToThread``.
    """

    TYPE = Attribute("``'AsteriskAMI'``, as that is what plugins know, whatever the way of sending.")

    def sip_notify_device(
        device: Device, event: str, extra_vars: Sequence[str] | None = None
    ) -> Deferred[None]:
        """
        Notify a device, wherever it can be reached, and no other.
        """

    def sip_notify_by_peer(peer: str, event: str, extra_vars: Sequence[str] | None = None) -> Deferred[None]:
        """
        Notify all phones that are registered for a SIP endpoint.
        """

    def sip_notify_by_ip(ip: str, event: str, extra_vars: Sequence[str] | None = None) -> Deferred[None]:
        """
        Notify the phone at an address that only one device has.
        """

    def sip_notify(ip: str, event: str, extra_vars: Sequence[str] | None = None) -> Deferred[None]:
        """
        The older name of :meth:`sip_notify_by_ip`.
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
    if hasattr(service, "sip_notify_device"):
        await service.sip_notify_device(device, event, extra_vars)
        return
    # One that is of the interface of earlier versions, as a site's own may be.
    phone = phone_of(device)
    if phone.own_endpoint is not None:
        await service.sip_notify_by_peer(phone.own_endpoint, event, extra_vars)
    elif phone.ip is not None:
        await service.sip_notify_by_ip(phone.ip, event, extra_vars)
    else:
        raise CannotNotify("neither the SIP endpoint nor the address of the device is known")

"""
A subscription goes the way of any request: the phone is identified and put on record, and it's seen to that
its files are there.  Then it can be told where.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.app.phoneurls import PhoneURLs
from provd.app.tenants import Tenants
from provd.identification.pipeline import Pipeline, Visit
from provd.identification.requests import RequestType
from provd.identification.trace import Traces
from provd.pluginkit.phoneclasses import read_phone_classes

from .identification import SubscriptionRequest
from .links import Link
from .subscription import Subscription

__all__ = ["PROTOCOL", "Phones"]

PROTOCOL = "pnp"
"""Of the traces of subscriptions."""


class Phones:
    """
    :param pipeline: whose extractor takes a :class:`SubscriptionRequest`.
    :param folder: where plugins are installed, each in a folder named by its id.
    :param with_keys: whether phones' URLs carry their tenant's key.
    :param now: tells the seconds since the epoch.
    """

    _log = Logger()

    def __init__(
        self,
        pipeline: Pipeline,
        traces: Traces,
        urls: PhoneURLs,
        tenants: Tenants,
        folder: Path,
        with_keys: bool,
        now: Callable[[], float],
    ) -> None:
        self._pipeline = pipeline
        self._traces = traces
        self._urls = urls
        self._tenants = tenants
        self._folder = folder
        self._with_keys = with_keys
        self._now = now

    async def url(self, subscription: Subscription, address: str, link: Link) -> str | None:
        """
        Return the URL for a phone; None if no plugin serves it, as another server of the network may.

        :raises ProvdError: if the device could not be stored.
        """
        reached = self._urls.reached(link.address, None, False, False)
        trace = self._traces.begin(self._now(), PROTOCOL, address, "", subscription.agent or None)
        request = SubscriptionRequest(subscription, address)
        try:
            found = await self._pipeline.process(request, RequestType.HTTP, trace, Visit(reached))
            if found.plugin_id is None:
                return None
            base = self._with_key(
                self._urls.advertised or reached or self._urls.base_url(),
                None if found.device is None else found.device.get("tenant_uuid"),
            )
            if base is None:
                return None
            path = await deferToThread(_path, self._folder / found.plugin_id)
            trace.status = "told"
            return f"{base}/{path}"
        finally:
            self._traces.keep(trace)

    def _with_key(self, base: str, tenant: str | None) -> str | None:
        if not self._with_keys:
            return base
        key = self._tenants.key_of(tenant)
        if key is None:
            self._log.warn("a phone isn't told where its files are: its tenant has no provisioning key")
            return None
        return f"{base}/{key.reveal()}"


def _path(folder: Path) -> str:
    """
    Return what phones of a plugin want behind the URL, by what it says for DHCP.  Blocks.
    """
    try:
        options = [option for each in read_phone_classes(folder) for option in each.options]
    except ValueError:  # the administrator is told when it's used for DHCP
        return ""
    return next((option.path for option in options if option.value == "url"), "")

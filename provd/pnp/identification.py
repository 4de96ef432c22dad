"""
Who has subscribed: what the phone says of itself, in the words of the plugin that knows it.
"""

from __future__ import annotations

from typing import Any

from provd.identification.extractors import CombinedInfo
from provd.identification.requests import RequestType
from provd.model.device import DeviceInfo

from .subscription import Subscription

__all__ = ["SubscriptionExtractor", "SubscriptionRequest"]


class SubscriptionRequest:
    """
    A subscription as extractors see it: like an HTTP request for nothing, as no plugin knows of such things.

    Its User-Agent is made of what the phone says of itself, in the form that most phones' have.
    """

    method = b"SUBSCRIBE"
    path = b"/"
    uri = b"/"

    def __init__(self, subscription: Subscription, address: str) -> None:
        self.client_address = address
        self.told: DeviceInfo = {**subscription.told, "ip": address}
        self.args: dict[bytes, list[bytes]] = {}
        self._agent = _agent(subscription).encode("ascii", "replace")

    def getClientIP(self) -> str:
        return self.client_address

    def getHeader(self, name: Any) -> Any:
        """
        Return the User-Agent, bytes if the name is; None for all other headers.
        """
        lowered = name.lower()
        if lowered == b"user-agent":
            return self._agent
        return self._agent.decode("ascii") if lowered == "user-agent" else None


def _agent(subscription: Subscription) -> str:
    told = subscription.told
    if "vendor" not in told or "model" not in told:
        return subscription.agent
    vendor, model = told["vendor"], told["model"]
    if model.lower().startswith(vendor.lower()):  # snom and snom710
        vendor = ""
    return " ".join(filter(None, [vendor, model, told.get("version"), told.get("mac")]))


class SubscriptionExtractor:
    """
    Asks an extractor, and adds what the phone says of itself where it knows nothing better.
    """

    def __init__(self, extractor: Any) -> None:
        self._extractor = extractor

    async def extract(self, request: SubscriptionRequest, request_type: RequestType) -> CombinedInfo:
        found: CombinedInfo = await self._extractor.extract(request, request_type)
        return CombinedInfo({**request.told, **found}, found.opinions)

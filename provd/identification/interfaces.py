"""
The stages between a request and the plugin that answers it: extract, retrieve, update, associate.

An answer may be a plain value, a coroutine or a Deferred, as plugins and sites bring their own.
"""

from __future__ import annotations

from typing import Any

from zope.interface import Attribute, Interface

from provd.model.device import Device, DeviceInfo

from .requests import RequestType


class IExtractor(Interface):
    """
    Reads a request.
    """

    def extract(request: Any, request_type: RequestType) -> Any:
        """
        Return what the request tells of the phone (a ``DeviceInfo``), or something false; at once or later.

        An object with a true attribute ``REMEMBERABLE`` promises that its answer depends on nothing but the
        path, the query and the ``User-Agent`` header (HTTP) or the file name (TFTP), and so may be reused.
        """


class IRetriever(Interface):
    """
    Finds the device that a request came from.
    """

    async def retrieve(dev_info: DeviceInfo) -> Device | None:
        """
        Return a device that the caller may change, or None.
        """


class IUpdater(Interface):
    """
    Brings a device up to date with what a request told.
    """

    async def update(device: Device, dev_info: DeviceInfo, request: Any, request_type: RequestType) -> None:
        """
        Change ``device`` in place; storing it is the caller's.
        """


class IInfoMerger(Interface):
    """
    Makes one device info of several.
    """

    dev_info = Attribute("What came out so far.")

    def update(dev_info: DeviceInfo) -> None:
        """
        Take one more device info into account.
        """


class IAssociator(Interface):
    """
    A plugin's judge.
    """

    def associate(dev_info: DeviceInfo) -> int:
        """
        Return how well the plugin supports such a phone: a ``DeviceSupport``, or a number between two.
        """

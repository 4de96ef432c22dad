"""
The synchronizer that the settings name, in use for as long as the daemon runs.
"""

from __future__ import annotations

from typing import Any

from twisted.application.service import MultiService

from provd.app.anythread import AnyThread
from provd.app.rawconfigs import CannotConfigure
from provd.errors import InvalidDocument, NotFound
from provd.model.configs import RawConfig
from provd.model.device import Device
from provd.settings.model import Settings
from provd.sync.ami import AsteriskManager
from provd.sync.amid import AmidManager
from provd.sync.asterisk import AsteriskWay
from provd.sync.current import set_sync_service
from provd.sync.phone import Line, Phone, has_line, line_of
from provd.sync.policy import DevicesOnRecord, Synchronizer
from provd.sync.sipnotify import SipWay
from provd.sync.sipport import SipPort
from provd.sync.ways import Way

from .authority import Authority
from .parts import Parts


class Synchronization(MultiService):
    """
    What sends a NOTIFY: nothing at all, accent-amid, Asterisk's manager port, or the daemon itself.

    :param who: has the token that amid wants.
    """

    def __init__(self, settings: Settings, parts: Parts, who: Authority, reactor: Any) -> None:
        super().__init__()
        self.setName("synchronization")
        self._type = settings.general.sync_service_type
        self._parts = parts
        self._reactor = reactor
        self._anywhere = AnyThread(reactor)
        self._record = DevicesOnRecord(parts.devices.by, self._has_line)
        self._way = self._way_of(settings, who, reactor)

    def startService(self) -> None:
        super().startService()
        if self._way is not None:
            begin = self._anywhere.begin
            set_sync_service(Synchronizer(self._way, self._record, begin, self._reactor))

    def stopService(self) -> Any:
        set_sync_service(None)
        return super().stopService()

    def health(self) -> dict[str, Any]:
        """
        Return the member ``sync`` of the status document: the type of the settings, ``status``, and ``why``
        where it fails.
        """
        health = {"status": "ok"} if self._way is None else self._way.health()
        return {"sync": {"type": self._type, **health}}

    def _way_of(self, settings: Settings, who: Authority, reactor: Any) -> Way | None:
        match self._type:
            case "asterisk_ami":
                amid = AmidManager(settings.amid, who.service_token, reactor)
                amid.setServiceParent(self)
                return AsteriskWay(amid, self._record, None, reactor)
            case "ami":
                manager = AsteriskManager(settings.ami, reactor)
                manager.setServiceParent(self)
                return AsteriskWay(manager, self._record, settings.ami.outbound_endpoint, reactor)
            case "sip":
                port = SipPort(settings.sip, reactor)
                port.setServiceParent(self)
                return SipWay(port, self._record, self._line)
            case _:
                return None

    def _has_line(self, device: Device, endpoint: str) -> bool:
        return has_line(self._raw_config(device), endpoint)

    def _line(self, phone: Phone) -> Line | None:
        """
        Return the line with which a phone was last seen; without an id, that of any phone with its endpoint.
        """
        if phone.endpoint is None:
            return None
        if phone.device_id:
            try:
                devices = iter([self._parts.devices.get(phone.device_id)])
            except NotFound:
                return None
        else:
            devices = self._parts.devices.by("remote_state_sip_username", phone.endpoint)
        device = next(devices, None)
        return None if device is None else line_of(self._raw_config(device), phone.endpoint)

    def _raw_config(self, device: Device) -> RawConfig:
        try:
            return self._parts.raw_configs.for_synchronize(device)
        except (CannotConfigure, InvalidDocument):
            return {}

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from twisted.internet.defer import Deferred, succeed

from provd.sync.current import get_sync_service, set_sync_service
from provd.sync.sip import SynchronizeException, standard_sip_synchronize
from tests.support import failed_with, result_of


class RecordedNotifies:
    """
    A service of the interface of earlier versions.
    """

    TYPE = "AsteriskAMI"

    def __init__(self, error: Exception | None = None) -> None:
        self.sent: list[tuple[str, str, str, Any]] = []
        self._error = error

    async def sip_notify_by_peer(
        self, peer: str, event: str, extra_vars: Sequence[str] | None = None
    ) -> None:
        self._send("peer", peer, event, extra_vars)

    async def sip_notify_by_ip(self, ip: str, event: str, extra_vars: Sequence[str] | None = None) -> None:
        self._send("ip", ip, event, extra_vars)

    def _send(self, *notify: Any) -> None:
        if self._error:
            raise self._error
        self.sent.append(notify)


@pytest.fixture
def service() -> Iterator[RecordedNotifies]:
    recorded = RecordedNotifies()
    set_sync_service(recorded)
    yield recorded
    set_sync_service(None)


@pytest.mark.parametrize(
    ("device", "target"),
    [
        ({"remote_state_sip_username": "u1", "ip": "192.0.2.1"}, ("peer", "u1")),
        ({"remote_state_sip_username": "u1"}, ("peer", "u1")),
        ({"remote_state_sip_username": "ap12345678", "ip": "192.0.2.1"}, ("ip", "192.0.2.1")),
        ({"remote_state_sip_username": "ap1234567", "ip": "192.0.2.1"}, ("peer", "ap1234567")),
        ({"remote_state_sip_username": "ab12345678", "ip": "192.0.2.1"}, ("peer", "ab12345678")),
        ({"remote_state_sip_username": "", "ip": "192.0.2.1"}, ("ip", "192.0.2.1")),
        ({"ip": "192.0.2.1"}, ("ip", "192.0.2.1")),
    ],
)
def test_the_endpoint_goes_before_the_address(
    service: RecordedNotifies, device: dict[str, Any], target: tuple[str, str]
) -> None:
    result_of(standard_sip_synchronize(device))
    assert service.sent == [(*target, "check-sync", None)]


def test_event_and_further_variables_are_passed_on(service: RecordedNotifies) -> None:
    result_of(standard_sip_synchronize({"ip": "192.0.2.1"}, "check-sync;reboot=true", ["Content=1"]))
    assert service.sent == [("ip", "192.0.2.1", "check-sync;reboot=true", ["Content=1"])]


@pytest.mark.parametrize("device", [{}, {"remote_state_sip_username": "ap12345678"}, {"ip": ""}])
def test_a_device_that_cannot_be_reached_is_a_failure(
    service: RecordedNotifies, device: dict[str, Any]
) -> None:
    failed_with(SynchronizeException, standard_sip_synchronize(device))
    assert service.sent == []


def test_without_a_service_it_fails() -> None:
    assert get_sync_service() is None
    failed_with(SynchronizeException, standard_sip_synchronize({"ip": "192.0.2.1"}))


def test_a_service_of_another_type_does_not_count(service: RecordedNotifies) -> None:
    service.TYPE = "Other"
    failed_with(SynchronizeException, standard_sip_synchronize({"ip": "192.0.2.1"}))
    assert service.sent == []


def test_what_the_service_raises_is_the_failure() -> None:
    set_sync_service(RecordedNotifies(SynchronizeException("no such endpoint")))
    try:
        failed_with(SynchronizeException, standard_sip_synchronize({"ip": "192.0.2.1"}))
    finally:
        set_sync_service(None)


def test_one_that_knows_devices_decides_itself_how_to_reach_them(service: RecordedNotifies) -> None:
    asked: list[Any] = []

    def notify(*arguments: Any) -> Deferred[None]:
        asked.append(arguments)
        return succeed(None)

    service.sip_notify_device = notify  # type: ignore[attr-defined]
    device = {"id": "d1", "remote_state_sip_username": "u1", "ip": "192.0.2.1"}
    result_of(standard_sip_synchronize(device, "resync", ["A=b"]))
    assert (asked, service.sent) == ([(device, "resync", ["A=b"])], [])

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.defer import succeed
from zope.interface.verify import verifyObject

from provd.errors import StoreError
from provd.identification.interfaces import IRetriever
from provd.identification.retrievers import (
    RETRIEVERS,
    AddDeviceRetriever,
    FirstCompositeDeviceRetriever,
    IpDeviceRetriever,
    MacDeviceRetriever,
    SerialNumberDeviceRetriever,
    UUIDDeviceRetriever,
)
from tests.logged import logged
from tests.support import result_of

IP = "192.0.2.1"


class Records:
    def __init__(self, *devices: dict[str, Any]) -> None:
        self.devices = devices
        self.read = 0
        self.added: list[Any] = []
        self.error: Exception | None = None

    def devices_by(self, key: str, value: str) -> Iterator[dict[str, Any]]:
        for device in self.devices:
            if device.get(key) == value:
                self.read += 1
                yield device

    async def add_seen(self, dev_info: dict[str, str]) -> dict[str, Any] | None:
        if self.error is not None:
            raise self.error
        self.added.append(dev_info)
        return {"id": "new", **dev_info}


def retrieved(retriever: Any, **dev_info: str) -> Any:
    device = result_of(retriever.retrieve(dev_info))
    return device and device["id"]


@pytest.mark.parametrize("retriever", [*RETRIEVERS.values()])
def test_retrievers_keep_their_contract(retriever: Any) -> None:
    verifyObject(IRetriever, retriever(Records()))


@pytest.mark.parametrize(
    ("retriever", "key"),
    [(MacDeviceRetriever, "mac"), (SerialNumberDeviceRetriever, "sn"), (UUIDDeviceRetriever, "uuid")],
)
def test_the_oldest_device_with_the_same_value_is_found(retriever: Any, key: str) -> None:
    records = Records({"id": "a", key: "1"}, {"id": "b", key: "2"}, {"id": "c", key: "2"})
    assert retrieved(retriever(records), **{key: "2"}) == "b"
    assert retrieved(retriever(records), **{key: "3"}) is None
    assert retrieved(retriever(records), ip=IP) is None
    assert records.read == 1


@pytest.mark.parametrize(
    ("device", "dev_info", "is_found"),
    [
        ({}, {}, True),
        ({"mac": "a"}, {}, True),
        ({}, {"mac": "a", "vendor": "b", "model": "c"}, True),
        ({"mac": "a"}, {"mac": "b"}, False),
        ({"vendor": "a"}, {"vendor": "b"}, False),
        ({"model": "a"}, {"model": "b"}, False),
        ({"vendor": "a", "model": "b"}, {"vendor": "a", "model": "c"}, False),
        ({"mac": None, "vendor": None, "model": None}, {"mac": "a", "vendor": "b", "model": "c"}, True),
        ({"sn": "a", "uuid": "b", "version": "c"}, {"sn": "d", "uuid": "e", "version": "f"}, True),
    ],
)
def test_a_device_at_the_address_is_found_unless_it_contradicts(
    device: dict[str, Any], dev_info: dict[str, str], is_found: bool
) -> None:
    records = Records({"id": "a", "ip": IP, **device})
    assert retrieved(IpDeviceRetriever(records), ip=IP, **dev_info) == ("a" if is_found else None)


def test_an_address_is_enough_where_all_others_contradict() -> None:
    records = Records(
        {"id": "a", "ip": IP, "vendor": "One"},
        {"id": "b", "ip": IP, "vendor": "Two"},
        {"id": "c", "ip": "192.0.2.2"},
    )
    assert retrieved(IpDeviceRetriever(records), ip=IP, vendor="Two") == "b"
    assert retrieved(IpDeviceRetriever(records), vendor="Two") is None


def test_devices_that_cannot_be_told_apart_are_nobody_and_told_once_for_each_address() -> None:
    records = Records(
        *({"id": str(number), "ip": IP} for number in range(100)), {"id": "x", "ip": "192.0.2.2"}
    )
    retriever = IpDeviceRetriever(records)
    with logged() as events:
        assert [retrieved(retriever, ip=IP) for _ in range(5)] == [None] * 5
    (event,) = events
    assert event["stranger"] == IP
    assert records.read == 10  # no more than it takes to be sure


def test_a_new_device_is_made_of_what_was_extracted() -> None:
    records = Records()
    assert retrieved(AddDeviceRetriever(records), ip=IP, mac="a") == "new"
    assert records.added == [{"ip": IP, "mac": "a"}]


def test_a_device_that_cannot_be_stored_is_none() -> None:
    records = Records()
    records.error = StoreError("disk full")
    with logged() as events:
        assert retrieved(AddDeviceRetriever(records), ip=IP, mac="a") is None
    assert events.texts() == ["a new device could not be stored: disk full"]
    assert events[0]["stranger"] == IP


class SiteRetriever:
    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def retrieve(self, dev_info: dict[str, str]) -> Any:
        return succeed(self.answer)


def test_the_first_answer_counts_with_the_name_of_who_gave_it() -> None:
    records = Records({"id": "a", "mac": "1"}, {"id": "b", "sn": "2"})
    chain = FirstCompositeDeviceRetriever(
        [MacDeviceRetriever(records), SerialNumberDeviceRetriever(records), SiteRetriever({"id": "c"})]
    )
    told = [result_of(chain.retrieve_and_tell(info)) for info in ({"mac": "1", "sn": "2"}, {"sn": "2"}, {})]
    assert [(device["id"], name) for device, name in told if device] == [
        ("a", "mac"),
        ("b", "sn"),
        ("c", "SiteRetriever"),
    ]
    assert result_of(FirstCompositeDeviceRetriever([]).retrieve({})) is None
    assert result_of(FirstCompositeDeviceRetriever([SiteRetriever(None)]).retrieve_and_tell({})) == (
        None,
        None,
    )

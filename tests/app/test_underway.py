from __future__ import annotations

import pytest

from provd.app.underway import UnderWay


def test_a_document_is_found_while_it_is_under_way() -> None:
    under_way = UnderWay()
    device = {"id": "d1", "mac": "m", "sn": "s", "ip": "a", "uuid": None, "model": "X1"}
    with under_way.hold(device):
        assert [under_way.find(key, value) for key, value in (("mac", "m"), ("sn", "s"), ("ip", "a"))] == [
            ["d1"]
        ] * 3
        assert under_way.find("mac", "other") == []
        assert under_way.find("model", "X1") == []
        assert len(under_way) == 1
    assert under_way.find("mac", "m") == []
    assert len(under_way) == 0


def test_an_address_is_taken_from_all_but_one() -> None:
    under_way = UnderWay()
    keeper, other, elsewhere = ({"id": name, "ip": address} for name, address in ("ka", "oa", "eb"))
    with under_way.hold(keeper), under_way.hold(other), under_way.hold(elsewhere):
        under_way.take_address("a", "k")
        assert under_way.find("ip", "a") == ["k"]
        under_way.take_address("a", "k")
    assert (keeper, other, elsewhere) == ({"id": "k", "ip": "a"}, {"id": "o"}, {"id": "e", "ip": "b"})


def test_a_document_that_changes_on_its_way_is_found_as_it_is() -> None:
    under_way = UnderWay()
    device = {"id": "d1", "mac": "m"}
    with under_way.hold(device):
        device["mac"] = "n"
        assert under_way.find("mac", "m") == []


def test_nothing_stays_after_a_failure() -> None:
    under_way = UnderWay()
    with pytest.raises(ValueError), under_way.hold({"id": "d1", "ip": "a"}), under_way.writing("d1"):
        assert under_way.is_being_written("d1")
        raise ValueError
    assert not under_way.is_being_written("d1")
    assert len(under_way) == 0

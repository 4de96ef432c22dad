"""
The whole way of a phone: booted with the account of phones that nobody has, claimed by a code that is dialed
on it, the user's, and given back; over a daemon in its own process, a real Asterisk, phones that speak SIP.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.asterisk.office import Office, Phone
from tests.asterisk.running import need_asterisk
from tests.support import need_program
from tests.sync.nat import CustomerNetwork

CODE = "480193"


class Whole:
    """
    An office, with two phones in it.
    """

    def __init__(self, office: Office, phones: list[Phone]) -> None:
        self.office, self.phones = office, phones

    def listen(self) -> None:
        for phone in self.phones:
            phone.listen()

    def is_notified_alone(self, phone: Phone, user: str) -> None:
        """
        Check that a phone, and no other, has got a NOTIFY where it is registered as a user.
        """
        assert phone.hears() == ("check-sync", user)
        assert all(other.was_left_alone() for other in self.phones if other is not phone)
        assert phone.device["sync"]["state"] == "notified"

    def fetches(self, phone: Phone, account: dict[str, str], former: dict[str, str]) -> None:
        """
        Check that the file of a phone has an account, and take it.
        """
        content = phone.boots()
        assert account["username"].encode() in content
        assert former["username"].encode() not in content
        assert phone.device["sync"]["state"] == "applied"
        phone.takes(account)


@pytest.fixture(params=["addresses", "nat"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    need_asterisk()
    need_program("sipp", "sip-tester")
    is_nat = request.param == "nat"
    with ExitStack() as stack:
        network = CustomerNetwork(2) if is_nat else None
        if network is not None:
            stack.callback(network.stop)
            network.start()
        office = Office(tmp_path_factory.mktemp("office"), network)
        stack.callback(office.stop)
        office.start()
        if network is not None:
            office.rest.call("PUT", "/configure/NAT", {"param": {"value": 1}})
            phones = [Phone(office, n, network.address(n), True, network.netns(n)) for n in (1, 2)]
        else:
            phones = [Phone(office, n, f"127.0.0.{10 + n}", tells_mac=False) for n in (1, 2)]
        for phone in phones:
            stack.callback(phone.hang_up)
        yield Whole(office, phones)


def test_a_phone_is_claimed_by_a_code_and_given_back(whole: Whole) -> None:
    office, (one, two) = whole.office, whole.phones
    user, nobody = office.line, office.account
    for phone in whole.phones:
        assert nobody["username"].encode() in phone.boots()
        phone.takes(nobody)
    office.add_user(CODE)
    office.wait_until_sync_is("ok")

    whole.listen()
    assert two.dials(CODE, nobody) == "SAID=1/"
    whole.is_notified_alone(two, nobody["username"])
    assert two.device["config"] == "user"
    whole.fetches(two, user, nobody)
    assert one.device["config"] != "user"
    assert "sync" not in one.device

    # Asterisk dies, and has lost where its phones are.
    assert office.pbx is not None
    office.pbx.stop()
    office.wait_until_sync_is("fail")
    office.pbx.start()
    office.wait_until_sync_is("ok")
    one.takes(nobody)
    two.takes(user)
    whole.listen()
    assert office.cli.ok("devices", "synchronize", two.mac) == f"{two.mac}: synchronized\n"
    whole.is_notified_alone(two, user["username"])
    shown = office.cli.ok("devices", "show", two.mac)
    assert "\nsync:\n  state: notified\n" in shown
    assert "notified" in office.cli.ok("devices", "list", "--mac", two.mac)

    whole.listen()
    assert two.dials("back", user) == "SAID=1/"
    whole.is_notified_alone(two, user["username"])
    whole.fetches(two, nobody, user)

    # The user has another phone now, while Asterisk still knows of the former.
    whole.listen()
    assert one.dials(CODE, nobody) == "SAID=1/"
    whole.is_notified_alone(one, nobody["username"])
    whole.fetches(one, user, nobody)
    assert two.device["config"] != "user"

    # The line moves to the other phone, and the one that had it is told, too.
    whole.listen()
    assert two.dials(CODE, nobody) == "SAID=1/"
    assert two.hears() == ("check-sync", nobody["username"])
    assert one.hears() == ("check-sync", user["username"])
    whole.fetches(two, user, nobody)
    whole.fetches(one, nobody, user)
    assert CODE not in "".join(office.daemon.said)

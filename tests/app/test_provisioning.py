"""
A phone is given to a user by their code, and taken back.
"""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred

from provd.app.attempts import TooManyAttempts
from provd.app.callers import Callers, Scope
from provd.app.codes import UnknownCode
from provd.app.provisioning import Provisioned, Provisioning
from provd.app.synchronizing import Synchronizing
from provd.app.syncstates import SyncStates
from provd.errors import NotFound, Refused, StoreError
from provd.logs import Secret
from provd.model.codes import CODE, TENANT
from tests.app.office import AUTOPROV, MASTER, FakePlugin, Office
from tests.app.office import TENANT as CUSTOMER
from tests.logged import logged
from tests.support import failed_with

BRANCH, OTHER = "33333333-3333-4333-8333-333333333333", "44444444-4444-4444-8444-444444444444"
FAMILY = {CUSTOMER: {CUSTOMER, BRANCH}, MASTER: {MASTER, CUSTOMER, BRANCH, OTHER}}
POOL = {"id": "autoprov1", "parent_ids": ["autoprov"], "raw_config": {}, "transient": True}
USER = {"id": "user", "parent_ids": [], "raw_config": {"X_who": "user"}, CODE: "123456", TENANT: CUSTOMER}
DEVICE = {"id": "d1", "plugin": "acme", "config": "autoprov1", "ip": "192.0.2.7", "options": {"a": 1}}


async def _family(tenant: str) -> frozenset[str]:
    return frozenset(FAMILY.get(tenant, {tenant}))


EVERYONE = Scope(None, _family)
OF_CUSTOMER = Scope(FAMILY[CUSTOMER], _family)


class Phone(FakePlugin):
    """
    A plugin whose phones obey.

    :ivar asked: the devices that were asked to fetch their files.
    :ivar answer: what asking gives.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.answer: Any = None

    def synchronize(self, device: dict[str, Any], raw_config: dict[str, Any]) -> Any:
        self.asked.append(device["id"])
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Desk:
    """
    An office in which codes are dialed.
    """

    def __init__(self, *devices: dict[str, Any], configs: tuple[dict[str, Any], ...] = (USER,)) -> None:
        self.phone = Phone()
        self.office = Office(devices or [DEVICE], [AUTOPROV, POOL, *configs], [self.phone])
        office = self.office
        self.callers = Callers(office.store, office.configs, office.tenants)
        self.provisioning = Provisioning(
            office.store,
            office.all,
            office.configs,
            self.callers,
            office.tenants,
            office.staleness,
            Synchronizing(
                office.manager,
                office.calls,
                office.raw_configs,
                SyncStates(office.reactor.seconds),
                lambda device: True,
                office.all.listener,
            ),
            office.reactor,
        )

    def begin(self, code: str = "123456", device: str = "d1", scope: Scope = EVERYONE) -> Deferred[Any]:
        return Deferred.fromCoroutine(
            self.provisioning.provision(self.callers.named(device, scope), Secret(code), scope)
        )

    def dial(self, code: str = "123456", device: str = "d1", scope: Scope = EVERYONE) -> Provisioned:
        done: Provisioned = self.office.reactor.result(self.begin(code, device, scope))
        return done

    def device(self, device_id: str = "d1") -> dict[str, Any]:
        return self.office.store.devices.get(device_id)


def test_a_new_phone_becomes_the_users() -> None:
    desk = Desk()
    assert desk.dial() == Provisioned("d1", "user", CUSTOMER, True, True)
    assert desk.device() == {
        **DEVICE,
        "config": "user",
        "tenant_uuid": CUSTOMER,
        "is_new": False,
        "configured": True,
    }
    assert desk.phone.files["d1"]["X_who"] == "user"
    assert desk.phone.asked == ["d1"]
    assert desk.office.config_ids() == ["autoprov", "user"]  # that of the pool is gone


def test_dialed_again_on_the_same_phone_it_is_written_and_asked_again() -> None:
    desk = Desk()
    first = desk.dial()
    assert desk.dial() == first
    assert desk.phone.calls[-1] == ("configure", "d1")
    assert desk.phone.asked == ["d1", "d1"]


def test_a_code_without_a_tenant_leaves_the_phone_where_it_is() -> None:
    for owner in (None, MASTER, BRANCH):
        device = {**DEVICE, **({"tenant_uuid": owner} if owner else {})}
        desk = Desk(device, configs=({**USER, TENANT: None},))
        assert desk.dial().tenant_uuid == (owner or MASTER)


def test_the_line_moves_to_the_phone_on_which_its_code_is_dialed() -> None:
    second = {**DEVICE, "id": "d2", "ip": "192.0.2.8"}
    desk = Desk({**DEVICE, "config": "other"}, second)
    desk.dial()
    done = desk.dial(device="d2")
    assert (done.device_id, done.released) == ("d2", ("d1",))
    former = desk.device("d1")
    assert former["config"].startswith("autoprov")
    assert (former["tenant_uuid"], former["configured"]) == (CUSTOMER, True)
    assert "options" not in former
    assert "X_who" not in desk.phone.files["d1"]
    assert desk.phone.asked == ["d1", "d1", "d2"]  # the former phone is to forget the account


def test_whose_phone_the_line_leaves_is_told_to_its_tenants_alone() -> None:
    theirs = {**DEVICE, "config": "user", "tenant_uuid": OTHER}
    desk = Desk(theirs, {**DEVICE, "id": "d2"})
    assert desk.dial(device="d2", scope=OF_CUSTOMER).released == ()
    assert desk.device()["config"].startswith("autoprov")


def test_two_phones_that_dial_one_code_at_once_do_not_both_keep_it() -> None:
    desk = Desk(DEVICE, {**DEVICE, "id": "d2"})
    waiting: Deferred[None] = Deferred()
    configure = desk.phone.configure
    first = True

    def slow(device: dict[str, Any], raw: dict[str, Any]) -> Any:
        nonlocal first
        configure(device, raw)
        if first:
            first = False
            return waiting
        return None

    desk.phone.configure = slow  # type: ignore[method-assign]
    one, two = desk.begin(), desk.begin(device="d2")
    desk.office.reactor.advance(0)
    waiting.callback(None)
    assert desk.office.reactor.result(one).device_id == "d1"
    assert desk.office.reactor.result(two).released == ("d1",)
    assert desk.office.store.devices.find("config", "user") == ["d2"]


def test_a_phone_goes_back_to_the_pool_and_keeps_its_tenant() -> None:
    desk = Desk({**DEVICE, "remote_state_sip_username": "k3v9x2"})
    desk.dial()
    done = desk.dial("autoprov")
    assert (done.device_id, done.tenant_uuid, done.configured, done.synchronized) == (
        "d1",
        CUSTOMER,
        True,
        True,
    )
    device = desk.device()
    assert "options" not in device
    assert device["config"] == done.config_id
    assert desk.office.config_ids() == ["autoprov", "user", done.config_id]  # whose code can be dialed again
    assert device["remote_state_sip_username"] == "k3v9x2"  # the phone still runs that account
    again = desk.dial("autoprov")
    assert desk.office.config_ids() == ["autoprov", "user", again.config_id]
    assert desk.dial().config_id == "user"


@pytest.mark.parametrize(
    ("more", "stays"),
    [({}, False), ({CODE: "1234"}, True), ({"deletable": False}, True), ({"role": "default"}, True)],
)
def test_the_config_of_a_device_alone_goes_unless_it_is_a_users(more: dict[str, Any], stays: bool) -> None:
    own = {"id": "d1", "parent_ids": [], "raw_config": {}, **more}
    desk = Desk({**DEVICE, "config": "d1", "tenant_uuid": CUSTOMER}, configs=(own,))
    desk.dial("autoprov")
    assert ("d1" in desk.office.store.configs) is stays


def test_the_config_of_a_device_stays_while_others_need_it() -> None:
    own = {"id": "d1", "parent_ids": [], "raw_config": {}}
    device = {**DEVICE, "config": "d1"}
    desk = Desk(device, {**device, "id": "d2"}, configs=(own,))
    desk.dial("autoprov")
    assert "d1" in desk.office.store.configs
    desk = Desk(device, configs=(own, {"id": "below", "parent_ids": ["d1"], "raw_config": {}}))
    desk.dial("autoprov")
    assert "d1" in desk.office.store.configs


def test_without_a_config_for_new_phones_nothing_is_reset_but_lines_still_move() -> None:
    desk = Desk({**DEVICE, "config": "user"}, {**DEVICE, "id": "d2"})
    desk.office.reactor.result(Deferred.fromCoroutine(desk.office.store.configs.delete("autoprov")))
    error = failed_with(Refused, desk.begin("autoprov"))
    assert (error.http_status, error.error_id) == (409, "no-autocreate-config")
    assert desk.device()["config"] == "user"
    assert desk.dial(device="d2").released == ("d1",)
    assert "config" not in desk.device()


@pytest.mark.parametrize(
    ("owner", "wanted", "scope", "tenant"),
    [
        (MASTER, CUSTOMER, OF_CUSTOMER, CUSTOMER),  # a new one, which the caller needn't have seen before
        (MASTER, BRANCH, OF_CUSTOMER, BRANCH),
        (MASTER, OTHER, OF_CUSTOMER, "code"),
        (MASTER, None, OF_CUSTOMER, "device"),  # it would stay where the caller can't see it
        (CUSTOMER, None, OF_CUSTOMER, CUSTOMER),
        (BRANCH, CUSTOMER, OF_CUSTOMER, BRANCH),  # not new: it stays
        (CUSTOMER, BRANCH, OF_CUSTOMER, "device"),  # the branch doesn't see the customer's
        (OTHER, CUSTOMER, OF_CUSTOMER, "device"),
        (OTHER, CUSTOMER, EVERYONE, "device"),
        (OTHER, OTHER, EVERYONE, OTHER),
        (OTHER, MASTER, EVERYONE, OTHER),
        (OTHER, None, EVERYONE, OTHER),
        (MASTER, "rubbish", EVERYONE, "code"),
    ],
)
def test_whose_phone_it_is_then(owner: str, wanted: str | None, scope: Scope, tenant: str) -> None:
    desk = Desk({**DEVICE, "tenant_uuid": owner}, configs=({**USER, TENANT: wanted},))
    before = desk.device()
    try:
        assert desk.dial(scope=scope).tenant_uuid == desk.device()["tenant_uuid"] == tenant
    except UnknownCode:
        assert tenant == "code"
        assert desk.device() == before
    except NotFound:
        assert tenant == "device"
        assert desk.device() == before


def test_a_phone_that_the_caller_does_not_have_is_not_reset() -> None:
    desk = Desk()
    failed_with(NotFound, desk.begin("autoprov", scope=OF_CUSTOMER))
    assert desk.device() == DEVICE


def test_wrong_codes_are_slowed_down_and_never_told() -> None:
    desk = Desk()
    with logged() as events:
        for _ in range(4):
            failed_with(UnknownCode, desk.begin("987654"))
        assert failed_with(TooManyAttempts, desk.begin("123456")).seconds == 2
        desk.office.reactor.advance(2)
        desk.dial()
        desk.dial("autoprov")
    assert len(events.texts()) >= 6
    assert not any(code in events.everything() for code in ("987654", "123456"))


@pytest.mark.parametrize("change", [{CODE: "777777"}, {TENANT: OTHER}])
def test_a_code_that_is_changed_while_a_claim_waits_does_not_count_any_more(change: dict[str, str]) -> None:
    desk = Desk()
    result = desk.office.reactor.result
    assert result(Deferred.fromCoroutine(desk.provisioning._claims.acquire("user"))) is False
    ends: list[Any] = []
    desk.begin().addErrback(ends.append)
    result(Deferred.fromCoroutine(desk.office.store.configs.update({**USER, **change})))
    desk.provisioning._claims.release("user")
    assert ends[0].check(UnknownCode)
    assert desk.device() == DEVICE


def test_a_phone_that_can_not_be_asked_or_takes_long_is_provisioned_all_the_same() -> None:
    desk = Desk()
    desk.phone.answer = RuntimeError("no way to send it")
    assert desk.dial() == Provisioned("d1", "user", CUSTOMER, True, False)
    desk.phone.answer = asked = Deferred[None]()
    waiting = desk.begin()
    desk.office.reactor.turns()
    assert (desk.phone.asked, waiting.called) == (["d1", "d1"], False)
    desk.office.reactor.advance(Provisioning.LONGEST)
    assert desk.office.reactor.result(waiting).synchronized is False
    asked.callback(None)  # it was still asked


def test_a_phone_whose_files_can_not_be_written_is_its_users_and_not_asked() -> None:
    desk = Desk()
    desk.phone.fails = ValueError("no such model")
    assert desk.dial() == Provisioned("d1", "user", CUSTOMER, False, False)
    assert desk.phone.asked == []


@pytest.mark.parametrize("code", ["123456", "autoprov"])
def test_on_a_full_disk_nothing_has_happened(code: str) -> None:
    desk = Desk({**DEVICE, "configured": True})
    desk.office.store.is_full = True
    with pytest.raises(StoreError):
        desk.dial(code)
    assert desk.device() == {**DEVICE, "configured": True}
    assert desk.office.config_ids() == ["autoprov", "autoprov1", "user"]

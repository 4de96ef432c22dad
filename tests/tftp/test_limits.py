from provd.tftp.limits import FIRST_PACKET, UNPROVEN_BYTES, Rate, Source, Sources, descriptor_room


def test_an_unproven_address_gets_two_kilobytes_in_any_ten_seconds() -> None:
    source = Source()
    sent: list[tuple[float, int]] = []
    for tenth in range(600):
        now = tenth / 10
        if source.spend(FIRST_PACKET, now):
            sent.append((now, FIRST_PACKET))
        if source.spend_refusal(20, now, 19):
            sent.append((now, 20))
    for start, _ in sent:
        assert sum(size for at, size in sent if start <= at < start + 10) <= UNPROVEN_BYTES


def test_refusals_and_first_packets_leave_room_for_each_other() -> None:
    source = Source()
    while source.spend_refusal(20, 0, 19):
        pass
    assert source.may_start(0)
    assert source.spend(FIRST_PACKET, 0)
    assert source.spend(FIRST_PACKET, 0)
    assert source.spend(FIRST_PACKET, 0)
    assert not source.spend(FIRST_PACKET, 0)
    source = Source()
    while source.spend(FIRST_PACKET, 0):
        pass
    assert source.spend_refusal(20, 0, 19)


def test_a_refusal_no_longer_than_its_request_is_only_limited_in_number() -> None:
    source = Source()
    assert sum(source.spend_refusal(20, 1.5, 20) for _ in range(1000)) == 250
    assert source.spend_refusal(20, 2.6, 20)


def test_first_packets_leave_room_for_a_repetition() -> None:
    source = Source()
    assert source.may_start(0)
    source.reserved += FIRST_PACKET
    assert source.may_start(0)
    source.reserved += FIRST_PACKET
    assert not source.may_start(0)
    source.reserved = 0
    assert source.spend(2 * FIRST_PACKET, 0)
    assert not source.may_start(0)
    assert source.spend(FIRST_PACKET, 0)


def test_an_acknowledgement_opens_the_door_for_a_minute() -> None:
    source = Source()
    source.prove(0)
    assert source.spend(100_000, 59)
    assert source.may_start(59)
    assert not source.spend(100_000, 61)


def test_a_transfer_under_way_keeps_the_door_open() -> None:
    source = Source(acknowledging=1)
    assert source.spend(100_000, 1e6)


def test_a_proven_address_is_refused_only_so_often_a_second() -> None:
    source = Source()
    source.prove(0)
    assert sum(source.spend_refusal(20, 1.5) for _ in range(1000)) == 250
    assert source.spend_refusal(20, 2.6)


def test_addresses_are_forgotten_when_nothing_depends_on_them() -> None:
    sources = Sources()
    silent, proven, busy = (sources.at(address) for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3"))
    assert silent is not None
    assert proven is not None
    assert busy is not None
    silent.spend(100, 0)
    proven.prove(0)
    busy.requests = 1
    sources.forget_idle(5)
    assert len(sources) == 3
    sources.forget_idle(11)
    assert sources.at("192.0.2.2") is proven
    assert len(sources) == 2
    sources.forget_idle(61)
    assert sources.at("192.0.2.3") is busy
    assert len(sources) == 1


def test_the_table_of_addresses_is_bounded() -> None:
    sources = Sources()
    found = [sources.at(str(number)) for number in range(5000)]
    assert found[4095] is not None
    assert found[4096] is None
    assert sources.at("7") is found[7]


def test_a_rate_allows_so_many_in_a_period() -> None:
    rate = Rate(2, 10)
    assert [rate.allows(now) for now in (0, 1, 2, 9, 10, 11, 12)] == [
        True,
        True,
        False,
        False,
        True,
        True,
        False,
    ]


def test_transfers_leave_descriptors_to_the_rest() -> None:
    assert descriptor_room(1024) == 768
    assert descriptor_room(65536) == 16384
    assert descriptor_room(256) == 16
    assert descriptor_room() >= 16

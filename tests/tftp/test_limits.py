from provd.tftp.limits import (
    ALL_DATA_BYTES,
    ALL_REFUSAL_BYTES,
    FIRST_PACKET,
    MAX_SOURCES,
    UNPROVEN_BYTES,
    Rate,
    Source,
    Sources,
    descriptor_room,
)


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
    sources.at("192.0.2.1").spend(100, 0)
    proven = sources.begin("192.0.2.2")
    proven.prove(0)
    sources.end("192.0.2.2", 0)
    busy = sources.begin("192.0.2.3")
    sources.forget_idle(5)
    assert len(sources) == 3
    sources.forget_idle(11)
    assert sources.at("192.0.2.2") is proven
    assert len(sources) == 2
    sources.forget_idle(61)
    assert sources.at("192.0.2.3") is busy
    assert len(sources) == 1
    sources.end("192.0.2.3", 61)
    sources.forget_idle(61)
    assert len(sources) == 0


def test_the_address_unheard_of_for_longest_makes_room_for_a_new_one() -> None:
    sources = Sources()
    found = [sources.at(str(number)) for number in range(MAX_SOURCES)]
    assert sources.at("0") is found[0]
    newcomer = sources.at("new")
    assert newcomer.may_start(0)
    assert len(sources) == MAX_SOURCES
    assert sources.at("new") is newcomer
    assert sources.at("0") is found[0]
    assert sources.at("2") is found[2]
    assert sources.at("1") is not found[1]


def test_no_flood_of_addresses_pushes_out_a_proven_or_a_busy_one() -> None:
    sources = Sources()
    proven = sources.begin("proven")
    proven.prove(0)
    sources.end("proven", 0)
    busy = sources.begin("busy")
    busy.spend(FIRST_PACKET, 0)
    for number in range(50_000):
        sources.begin(str(number))
        sources.end(str(number), 0)
    assert len(sources) == MAX_SOURCES + 2
    assert sources.at("proven") is proven
    assert sources.at("busy") is busy


def test_proven_addresses_are_bounded_too() -> None:
    sources = Sources()
    for number in range(2 * MAX_SOURCES):
        sources.begin(str(number)).prove(0)
        sources.end(str(number), 0)
    assert len(sources) == MAX_SOURCES
    assert sources.at(str(2 * MAX_SOURCES - 1)).proven(59)


def test_all_unproven_addresses_together_are_sent_so_much_a_second() -> None:
    sources = Sources()
    for now in (1.0, 2.0):
        packets = refusals = 0
        for number in range(20_000):
            source = sources.at(str(number))
            packets += source.spend(FIRST_PACKET, now)
            refusals += source.spend_refusal(20, now)
        assert packets == ALL_DATA_BYTES // FIRST_PACKET
        assert refusals == ALL_REFUSAL_BYTES // 20
        proven = sources.begin("proven")
        proven.prove(now)
        assert proven.spend(FIRST_PACKET, now)
        assert proven.spend_refusal(20, now)


def test_what_was_not_sent_for_the_sake_of_all_does_not_count_for_its_address() -> None:
    sources = Sources()
    for number in range(ALL_DATA_BYTES // FIRST_PACKET):
        assert sources.at(str(number)).spend(FIRST_PACKET, 0)
    late = sources.at("late")
    assert not any(late.spend(FIRST_PACKET, 0) for _ in range(10))
    assert [late.spend(FIRST_PACKET, 1) for _ in range(4)] == [True, True, True, False]


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


def test_what_is_too_much_for_a_rate_leaves_room_for_less() -> None:
    rate = Rate(10, 1)
    assert [rate.allows(0, times) for times in (6, 5, 4, 1)] == [True, False, True, False]


def test_transfers_leave_descriptors_to_the_rest() -> None:
    assert descriptor_room(1024) == 768
    assert descriptor_room(65536) == 16384
    assert descriptor_room(256) == 16
    assert descriptor_room() >= 16

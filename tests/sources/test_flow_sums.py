"""Adding up records: nothing is lost or counted twice, an hour is an hour, and who began is decided alike."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import msgspec
import numpy as np
import pytest

from custodiet.model import Flow, Source
from custodiet.sources import flow_sums
from custodiet.sources.flow_columns import ACK, MOST_COUNT, SYN, Records, Salt
from custodiet.sources.flow_sums import FlowSums

HOUR = 1_773_054_000.0
SOURCE = Source(id="src-1", kind="log", format="netflow", name="given", sha256="ab" * 32, size=1)
HOME, PEER, OTHER = 10 << 24 | 5, 203 << 24 | 113 << 8 | 9, 203 << 24 | 113 << 8 | 10


def records(*rows: dict[str, Any]) -> Records:
    """Records of IPv4; what a row does not say is a web conversation of ten packets."""
    plain = {
        "src_low": HOME, "dst_low": PEER, "src_port": 40000, "dst_port": 443, "protocol": 6, "first": HOUR,
        "last": HOUR + 5, "bytes": 1000, "packets": 10, "flags": SYN | ACK, "began": 0,
    }  # fmt: skip
    kinds = {"src_low": np.uint64, "dst_low": np.uint64, "first": np.float64, "last": np.float64}
    whole = [plain | {"place": place} | row for place, row in enumerate(rows)]
    names = [*plain, "place"]
    columns: dict[str, Any] = {
        name: np.array([row[name] for row in whole], dtype=kinds.get(name, np.int64)) for name in names
    }
    return Records(v6=False, **columns)


def back(**more: Any) -> dict[str, Any]:
    """The answer."""
    return {"src_low": PEER, "dst_low": HOME, "src_port": 443, "dst_port": 40000} | more


def flows(*batches: Records) -> list[Flow]:
    sums = FlowSums(SOURCE, "byte")
    found: list[Flow] = []
    for batch in batches:
        sums.add(batch)
        found += sums.make_room()
    return [*found, *sums.finish()]


def test_both_directions_become_one_flow() -> None:
    [one] = flows(records({}, back(bytes=300, packets=4)))
    assert (one.subject, one.peer, one.transport, one.port) == ("ip:10.0.0.5", "ip:203.0.113.9", "tcp", 443)
    assert (one.bytes_out, one.bytes_in, one.packets_out, one.packets_in) == (1000, 300, 10, 4)
    assert (one.first_seen, one.last_seen, one.locator) == (HOUR, HOUR + 5, "byte 0")


def test_directions_in_different_batches_meet() -> None:
    [one] = flows(records({}), records(back(bytes=7, place=9)))
    assert (one.bytes_out, one.bytes_in) == (1000, 7)


def test_many_ports_of_a_client_are_one_flow_and_other_peers_are_not() -> None:
    rows = [{"src_port": 40000 + n} for n in range(100)]
    found = flows(records(*rows, {"dst_low": OTHER}, {"protocol": 17}, {"dst_port": 80}))
    assert sorted(one.packets_out for one in found) == [10, 10, 10, 1000]
    assert {one.transport for one in found} == {"tcp", "udp"}


def test_hours_are_kept_apart() -> None:
    found = flows(records({"first": HOUR - 1, "last": HOUR - 0.5}, {"first": HOUR, "last": HOUR}))
    assert [one.first_seen for one in found] == [HOUR - 1, HOUR]
    assert len({one.id for one in found}) == 2


def test_a_long_record_is_spread_in_proportion_and_adds_up() -> None:
    found = flows(records({"first": HOUR - 1800, "last": HOUR + 5400, "bytes": 1001, "packets": 40}))
    assert [one.packets_out for one in found] == [10, 20, 10]
    assert sum(one.bytes_out for one in found) == 1001
    for one in found:
        assert one.first_seen // 3600 == one.last_seen // 3600
    assert (found[0].first_seen, found[-1].last_seen) == (HOUR - 1800, HOUR + 5400)
    assert len({one.id for one in found}) == 3
    assert {one.locator for one in found} == {"byte 0"}


def test_an_hour_that_gets_nothing_makes_no_flow() -> None:
    found = flows(records({"first": HOUR, "last": HOUR + 5 * 3600 - 1, "bytes": 60, "packets": 1}))
    assert sum(one.packets_out for one in found) == 1
    assert all(one.bytes_out or one.packets_out for one in found)


def test_a_record_of_more_than_a_day_is_counted_and_told() -> None:
    sums = FlowSums(SOURCE, "byte")
    sums.add(records({"first": 5.0, "last": HOUR}))
    found = list(sums.finish())
    assert sums.shortened == 1
    assert sum(one.bytes_out for one in found) == 1000
    assert len(found) <= 25
    assert min(one.first_seen for one in found) == HOUR - flow_sums.LONGEST


def test_counters_at_the_limit_do_not_turn_over() -> None:
    row = {"bytes": MOST_COUNT, "packets": MOST_COUNT}
    found = flows(*[records(*[row] * 1000)] * 20)
    assert all(0 < one.bytes_out <= flow_sums._MOST_SUM for one in found)


@pytest.mark.parametrize(
    ("rows", "client", "port"),
    [
        ([{}], "ip:10.0.0.5", 443),
        ([back()], "ip:10.0.0.5", 443),  # the answer alone
        ([back(began=1)], "ip:203.0.113.9", 40000),  # the source knows better
        ([{"dst_port": 50000, "first": HOUR + 1}, back(src_port=50000)], "ip:203.0.113.9", 40000),  # who came first
        ([back(src_port=50000, flags=0x1B), {"dst_port": 50000, "flags": SYN}], "ip:10.0.0.5", 50000),  # who opened
        ([{"dst_port": 30000}, back(src_port=30000)], "ip:10.0.0.5", 30000),  # the lower port
        ([back(src_port=30000)], "ip:203.0.113.9", 40000),  # one side only: the one that was seen
        ([{"src_port": 123, "dst_port": 123, "protocol": 17}], "ip:10.0.0.5", 123),
    ],
)
def test_who_began(rows: list[dict[str, Any]], client: str, port: int) -> None:
    found = flows(records(*rows))
    assert {(one.subject, one.port) for one in found} == {(client, port)}


def test_the_end_that_many_talk_to_serves() -> None:
    rows = [back(src_port=50000, dst_low=HOME + n, dst_port=20000 + n) for n in range(20)]
    found = flows(records(*rows))
    assert {one.peer for one in found} == {"ip:203.0.113.9"}
    assert {one.port for one in found} == {50000}


def test_what_was_decided_holds_for_later_batches() -> None:
    first = records({"dst_port": 50000}, back(src_port=50000, first=HOUR + 1))
    later = records(back(src_port=50000, first=HOUR + 60, place=5), {"dst_port": 50000, "first": HOUR + 70, "place": 6})
    [one] = flows(first, later)
    assert (one.subject, one.packets_out, one.packets_in) == ("ip:10.0.0.5", 20, 20)


def test_the_oldest_hours_leave_when_too_many_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_sums, "MOST_FLOWS", 50)
    sums = FlowSums(SOURCE, "byte")
    sums.add(records(*[{"dst_low": OTHER + n, "first": HOUR, "last": HOUR} for n in range(40)]))
    assert list(sums.make_room()) == []
    sums.add(records(*[{"dst_low": OTHER + n, "first": HOUR + 3600, "last": HOUR + 3600} for n in range(30)]))
    early = list(sums.make_room())
    assert len(early) == 40
    assert {one.first_seen for one in early} == {HOUR}
    sums.add(records({"dst_low": OTHER, "place": 99}))  # too late
    rest = list(sums.finish())
    assert len(rest) == 31
    assert len({one.id for one in (*early, *rest)}) == 71


def test_against_a_plain_sum() -> None:
    dice = random.Random(1)
    rows = []
    expected: Counter[tuple[str, str, int]] = Counter()
    for _ in range(3000):
        home, peer, port = HOME + dice.randrange(5), PEER + dice.randrange(7), dice.choice([53, 80, 443])
        size, own = dice.randrange(1, 5000), dice.randrange(32768, 60000)
        names = [f"ip:{ip >> 24}.{ip >> 16 & 255}.{ip >> 8 & 255}.{ip & 255}" for ip in (home, peer)]
        expected[names[0], names[1], port] += size
        when = HOUR + dice.random() * 3 * 3600
        row = {"first": when, "last": when + dice.random() * 9000, "bytes": size}
        if dice.random() < 0.5:
            rows.append(row | {"src_low": home, "dst_low": peer, "src_port": own, "dst_port": port})
        else:
            rows.append(row | {"src_low": peer, "dst_low": home, "src_port": port, "dst_port": own})
    found = flows(*(records(*rows[at : at + 700]) for at in range(0, len(rows), 700)))
    total: Counter[tuple[str, str, int]] = Counter()
    for one in found:
        total[one.subject, one.peer, one.port] += one.bytes_out + one.bytes_in
        assert one.first_seen // 3600 == one.last_seen // 3600
    assert total == expected
    keys = [(one.subject, one.peer, one.port, one.first_seen // 3600) for one in found]
    assert len(set(keys)) == len(keys)


def test_rows_whose_hashes_are_equal_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Salt, "hashes", lambda self, words: np.zeros(len(words[0]), dtype=np.uint64))
    found = flows(records({}, {"dst_low": OTHER}, {"dst_low": OTHER}))
    assert sum(one.bytes_out for one in found) == 3000
    assert {one.peer for one in found} == {"ip:203.0.113.9", "ip:203.0.113.10"}


def test_local_addresses_that_sent_are_told_once() -> None:
    sums = FlowSums(SOURCE, "line")
    sums.add(records({}, {"dst_low": OTHER}, {"dst_low": HOME + 1}))
    list(sums.finish())
    [one] = sums.used(all_of_them=True)
    assert (one.subject, one.attribute, one.value, one.count) == ("ip:10.0.0.5", "net.ip", "10.0.0.5", 3)
    assert list(sums.used(all_of_them=True)) == []


def test_ipv6_and_ipv4_stand_side_by_side() -> None:
    sums = FlowSums(SOURCE, "byte")
    old = records({})
    high, near, far = (np.array([word], dtype=np.uint64) for word in (0xFD00 << 48, 5, 9))
    new = msgspec.structs.replace(old, v6=True, src_high=high, dst_high=high, src_low=near, dst_low=far)
    sums.add(old)
    sums.add(new)
    found = list(sums.finish())
    assert [(one.subject, one.peer) for one in found] == [
        ("ip:10.0.0.5", "ip:203.0.113.9"),
        ("ip:fd00::5", "ip:fd00::9"),
    ]

"""Files of export packets: every version, templates in and out of order, times, directions, losses and lies."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from logged import Outcome
from logged import read as read_with
from netflow_factory import (
    NOW,
    PLAIN,
    PLAIN6,
    UP,
    Field,
    ipfix,
    number,
    options_template,
    plain,
    record,
    set_,
    template,
    up,
    v5,
    v5_record,
    v9,
)

from custodiet.errors import SourceError
from custodiet.model import Watched
from custodiet.sources import READERS
from custodiet.sources.netflow.reader import READER

HOME, PEER = "10.0.0.5", "203.0.113.9"
PAIR = plain(HOME, PEER, 40000, 443, octets=500, packets=5), plain(PEER, HOME, 443, 40000, octets=900, packets=7)


def read(data: bytes, folder: Path) -> Outcome:
    return read_with(READER, data, folder)


def watched(outcome: Outcome) -> Watched:
    assert outcome.tally.watched is not None
    return outcome.tally.watched


def with_template(fields: list[Field], *records: bytes) -> bytes:
    return ipfix(set_(2, template(fields)), set_(256, *records))


# --- versions


def test_ipfix(tmp_path: Path) -> None:
    outcome = read(with_template(PLAIN, *PAIR), tmp_path)
    [one] = outcome.flows
    assert (one.subject, one.peer, one.transport, one.port) == (f"ip:{HOME}", f"ip:{PEER}", "tcp", 443)
    assert (one.bytes_out, one.bytes_in, one.packets_out, one.packets_in) == (500, 900, 5, 7)
    assert one.locator == "byte 68"
    assert outcome.one(f"ip:{HOME}", "net.ip").value == HOME
    assert outcome.subjects == {f"ip:{HOME}"}
    assert (outcome.tally.unit, outcome.tally.total, outcome.tally.issues) == ("records", 2, 0)
    assert watched(outcome) == Watched(spans=((NOW, NOW),))


def test_ipv6(tmp_path: Path) -> None:
    outcome = read(with_template(PLAIN6, plain("fd00::5", "2001:db8::9", 40000, 443)), tmp_path)
    [one] = outcome.flows
    assert (one.subject, one.peer) == ("ip:fd00::5", "ip:2001:db8::9")
    assert outcome.subjects == {"ip:fd00::5"}


def test_v9_times_are_counted_from_the_uptime(tmp_path: Path) -> None:
    data = v9(
        set_(0, template(UP)), set_(256, up(HOME, PEER, 40000, 443, 9_990_000, 9_995_000), pad=2), uptime=10_000_000
    )
    [one] = read(data, tmp_path).flows
    assert (one.first_seen, one.last_seen) == (NOW - 10, NOW - 5)


def test_uptime_that_began_anew_in_between(tmp_path: Path) -> None:
    data = v9(set_(0, template(UP)), set_(256, up(HOME, PEER, 40000, 443, 2**32 - 4000, 1000)), uptime=5000)
    [one] = read(data, tmp_path).flows
    assert (one.first_seen, one.last_seen) == (NOW - 9, NOW - 4)


def test_v5(tmp_path: Path) -> None:
    data = v5(
        v5_record(HOME, PEER, 40000, 443, 9_995_000, 9_999_000, octets=70),
        v5_record(PEER, HOME, 443, 40000, 9_995_000, 9_999_000, octets=90),
    )
    [one] = read(data, tmp_path).flows
    assert (one.subject, one.bytes_out, one.bytes_in, one.first_seen) == (f"ip:{HOME}", 70, 90, NOW - 5)


def test_all_versions_one_after_another(tmp_path: Path) -> None:
    data = v5(v5_record(HOME, PEER, 40000, 443, 9_995_000, 9_999_000))
    data += v9(set_(0, template(UP)), set_(256, up(HOME, PEER, 40000, 80, 9_990_000, 9_995_000)))
    data += with_template(PLAIN, *PAIR)
    outcome = read(data, tmp_path)
    assert {one.port for one in outcome.flows} == {443, 80}
    assert (outcome.tally.total, outcome.issues) == (4, [])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x00\x09",
        b"\x00\x0a\x00\x10",
        bytes(100),
        b"\x00\x05" + bytes(200),
        b"\x00\x09" + b"\xff" * 200,
        b"\x00\x0a\xff\xff" + b"\xff" * 40,
        b"\x00\x0a\x00\x20" + bytes(12) + b"\x00\x07\x00\x10" + bytes(12) + b"x" * 40,
        b"ts,te,td\n",
    ],
)
def test_other_files_are_not_taken(data: bytes) -> None:
    assert not READER.recognise(data, "given")


def test_no_other_reader_comes_before() -> None:
    data = with_template(PLAIN, *PAIR)
    assert next(one for one in READERS if one.recognise(data, "given")).id == "netflow"


def test_a_file_without_any_message_is_refused(tmp_path: Path) -> None:
    from logged import items

    with pytest.raises(SourceError, match="no message"):
        items(READER, b"nothing of the kind", tmp_path)


# --- templates


def test_data_before_its_template_waits(tmp_path: Path) -> None:
    outcome = read(ipfix(set_(256, *PAIR)) + ipfix(set_(2, template(PLAIN)), sequence=2), tmp_path)
    assert len(outcome.flows) == 1
    assert outcome.issues == []


def test_data_whose_template_never_comes_is_told(tmp_path: Path) -> None:
    outcome = read(with_template(PLAIN, *PAIR) + ipfix(set_(999, bytes(40)), sequence=2), tmp_path)
    [issue] = outcome.issues
    assert "template 999" in issue.reason
    assert issue.severity == "incomplete"
    assert issue.place.startswith("byte ")
    assert issue.next_step
    assert outcome.tally.issues == 1


def test_templates_belong_to_their_domain(tmp_path: Path) -> None:
    other = [(12, 4), (8, 4), *PLAIN[2:]]  # the same number, the addresses the other way round
    data = ipfix(set_(2, template(PLAIN)), domain=1) + ipfix(set_(2, template(other)), domain=2)
    data += ipfix(set_(256, PAIR[0]), domain=1) + ipfix(set_(256, plain(HOME, PEER, 40000, 443)), domain=2)
    assert {one.subject for one in read(data, tmp_path).flows} == {f"ip:{HOME}", f"ip:{PEER}"}


def test_a_template_is_redefined(tmp_path: Path) -> None:
    shorter = PLAIN[:-1]
    data = with_template(PLAIN, *PAIR) + ipfix(
        set_(2, template(shorter)), set_(256, PAIR[0][:-4], PAIR[0][:-4]), sequence=2
    )
    outcome = read(data, tmp_path)
    assert outcome.flows[0].bytes_out == 1500
    assert outcome.tally.total == 4


@pytest.mark.parametrize("which", [256, 2])
def test_a_withdrawn_template_holds_no_longer(tmp_path: Path, which: int) -> None:
    data = with_template(PLAIN, *PAIR) + ipfix(set_(2, struct.pack(">HH", which, 0)), set_(256, *PAIR), sequence=2)
    outcome = read(data, tmp_path)
    assert outcome.tally.read == 2
    assert len(outcome.issues) == 1


def test_fields_of_variable_length_and_of_others_are_stepped_over(tmp_path: Path) -> None:
    fields: list[Field] = [
        (8, 4),
        (96, 65535),
        (12, 4),
        (5000, 65535, 9),
        (7, 2),
        (11, 2),
        (77, 3, 4242),
        (4, 1),
        (1, 8),
    ]
    long = b"\xff" + number(300, 2) + b"x" * 300
    rows = [
        record(fields, HOME, b"\x00", PEER, b"\x03abc", 40000, 443, b"...", 17, 100),
        record(fields, HOME, long, PEER, b"\x01a", 40000, 443, b"...", 17, 50),
    ]
    outcome = read(ipfix(set_(2, template(fields)), set_(256, *rows, pad=3)), tmp_path)
    [one] = outcome.flows
    assert (one.transport, one.port, one.bytes_out) == ("udp", 443, 150)
    assert outcome.tally.total == 2


def test_a_field_longer_than_its_set_is_refused(tmp_path: Path) -> None:
    fields: list[Field] = [(8, 4), (12, 4), (96, 65535), (1, 8)]
    bad = record(fields, HOME, PEER, b"\xf0abc", 100)
    outcome = read(ipfix(set_(2, template(fields)), set_(256, bad)) + with_template(PLAIN, *PAIR), tmp_path)
    assert [issue.place for issue in outcome.issues] == ["byte 40"]
    assert len(outcome.flows) == 1


def test_counters_of_any_width(tmp_path: Path) -> None:
    fields: list[Field] = [(8, 4), (12, 4), (1, 3), (2, 5), (7, 1), (11, 2), (4, 1)]
    [one] = read(with_template(fields, record(fields, HOME, PEER, 70_000, 2**33, 80, 443, 17)), tmp_path).flows
    assert one.bytes_out == 70_000
    assert one.packets_out == 2**33


def test_too_many_templates_are_refused_and_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custodiet.sources.netflow.templates.MOST_LAYOUTS", 3)
    many = [ipfix(set_(2, template([*PLAIN, (200 + n, 2)], 300 + n))) for n in range(10)]
    outcome = read(with_template(PLAIN, *PAIR) + b"".join(many), tmp_path)
    assert len(outcome.issues) == 8
    assert len(outcome.flows) == 1


def test_what_waits_for_templates_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custodiet.sources.netflow.templates.MOST_HELD", 2000)
    data = with_template(PLAIN, *PAIR) + b"".join(ipfix(set_(999, bytes(400))) for _ in range(10))
    [issue] = read(data, tmp_path).issues
    assert issue.reason.startswith("10 sets")


# --- what records say


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        ([(152, 8), (153, 8)], ((NOW - 9) * 1000, (NOW - 4) * 1000)),
        ([(150, 4), (151, 4)], (NOW - 9, NOW - 4)),
        ([(154, 8), (155, 8)], ((NOW - 9 + 2_208_988_800) << 32, (NOW - 4 + 2_208_988_800) << 32)),
        ([(156, 8), (157, 8)], ((NOW - 9 + 2_208_988_800) << 32, (NOW - 4 + 2_208_988_800) << 32)),
        ([(158, 4), (159, 4)], (9_000_000, 4_000_000)),
        ([(160, 8), (22, 4), (21, 4)], ((NOW - 100) * 1000, 91_000, 96_000)),
        ([(153, 8), (161, 4)], ((NOW - 4) * 1000, 5000)),
        ([(150, 4), (162, 4)], (NOW - 9, 5_000_000)),
        ([(22, 4), (21, 4)], (1000, 6000)),  # nobody says when the count began: the end is the time of export
    ],
)
def test_every_spelling_of_time(tmp_path: Path, fields: list[Field], values: tuple[int, ...]) -> None:
    whole: list[Field] = [(8, 4), (12, 4), (4, 1), *fields, (1, 4), (2, 4)]
    [one] = read(with_template(whole, record(whole, HOME, PEER, 17, *values, 10, 1)), tmp_path).flows
    late = NOW if values == (1000, 6000) else NOW - 4
    assert one.first_seen == pytest.approx(late - 5, abs=0.001)
    assert one.last_seen == pytest.approx(late, abs=0.001)


def test_the_beginning_of_uptime_told_by_options(tmp_path: Path) -> None:
    data = ipfix(
        set_(3, options_template([(149, 4)], [(160, 8)])), set_(300, number(1, 4), number((NOW - 100) * 1000, 8))
    )
    data += ipfix(set_(2, template(UP)), set_(256, up(HOME, PEER, 40000, 443, 91_000, 96_000)), sequence=1)
    [one] = read(data, tmp_path).flows
    assert (one.first_seen, one.last_seen) == (NOW - 9, NOW - 4)


def test_times_that_cannot_be(tmp_path: Path) -> None:
    fields: list[Field] = [(8, 4), (12, 4), (4, 1), (152, 8), (153, 8), (1, 4), (2, 4)]
    outcome = read(with_template(fields, record(fields, HOME, PEER, 17, 2**63, 2**63, 10, 1)), tmp_path)
    assert outcome.flows[0].first_seen == NOW
    assert "times that cannot be" in outcome.issues[0].reason


def test_counters_that_cannot_be(tmp_path: Path) -> None:
    outcome = read(with_template(PLAIN, plain(HOME, PEER, 40000, 443, octets=2**64 - 1)), tmp_path)
    assert 0 < outcome.flows[0].bytes_out < 2**63
    assert "counters that cannot be" in outcome.issues[0].reason


@pytest.mark.parametrize(("said", "client"), [((), HOME), (((239, 1, 1),), HOME), (((239, 1, 2),), PEER)])
def test_biflows(tmp_path: Path, said: tuple[tuple[int, int, int], ...], client: str) -> None:
    fields: list[Field] = [
        *((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (1, 4), (2, 4), (1, 4, 29305), (2, 4, 29305)),
        *((id_, length) for id_, length, _ in said),
    ]
    values = [value for *_, value in said]
    row = record(fields, HOME, PEER, 40000, 50000, 6, 100, 1, 300, 2, *values)
    [one] = read(with_template(fields, row), tmp_path).flows
    assert one.subject == f"ip:{client}"
    assert sorted((one.bytes_out, one.bytes_in)) == [100, 300]
    assert one.bytes_out == (100 if client == HOME else 300)


def test_bytes_of_both_who_began_and_who_answered(tmp_path: Path) -> None:
    fields: list[Field] = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (231, 4), (232, 4)]
    [one] = read(with_template(fields, record(fields, HOME, PEER, 443, 50000, 6, 100, 300)), tmp_path).flows
    assert (one.subject, one.bytes_out, one.bytes_in) == (f"ip:{HOME}", 100, 300)


def test_bytes_behind_a_translator_are_not_counted_again(tmp_path: Path) -> None:
    fields: list[Field] = [(8, 4), (12, 4), (4, 1), (1, 4), (2, 4), (23, 4), (24, 4)]
    row = record(fields, HOME, PEER, 17, 100, 1, 100, 1)
    [one] = read(with_template(fields, row), tmp_path).flows
    assert (one.bytes_out, one.bytes_in) == (100, 0)


@pytest.mark.parametrize("pair", [((85, 8), (86, 8)), ((23, 4), (24, 4))])
def test_other_counters(tmp_path: Path, pair: tuple[Field, Field]) -> None:
    fields: list[Field] = [(8, 4), (12, 4), (4, 1), *pair]
    [one] = read(with_template(fields, record(fields, HOME, PEER, 17, 100, 3)), tmp_path).flows
    assert (one.bytes_out, one.packets_out) == (100, 3)


def test_icmp(tmp_path: Path) -> None:
    asked = plain(HOME, PEER, 0, 8 << 8, protocol=1, first=NOW + 1)
    answered = plain(PEER, HOME, 0, 0, protocol=1, first=NOW)
    outcome = read(with_template(PLAIN, asked), tmp_path)
    assert [(one.subject, one.transport, one.port) for one in outcome.flows] == [(f"ip:{HOME}", "ip/1", 0)]
    fields: list[Field] = [(8, 4), (12, 4), (4, 1), (32, 2), (1, 4), (2, 4)]
    reply = record(fields, PEER, HOME, 1, 0, 64, 1)
    [one] = read(with_template(fields, reply), tmp_path).flows
    assert (one.subject, one.bytes_in) == (f"ip:{HOME}", 64)
    assert len(read(with_template(PLAIN, asked, answered), tmp_path).flows) >= 1


def test_one_template_for_both_kinds_of_address(tmp_path: Path) -> None:
    fields: list[Field] = [(8, 4), (12, 4), (27, 16), (28, 16), (4, 1), (1, 4)]
    rows = [
        record(fields, HOME, PEER, "::", "::", 17, 5),
        record(fields, "0.0.0.0", "0.0.0.0", "fd00::5", "2001:db8::9", 17, 6),
    ]
    outcome = read(with_template(fields, *rows), tmp_path)
    assert {(one.subject, one.bytes_out) for one in outcome.flows} == {(f"ip:{HOME}", 5), ("ip:fd00::5", 6)}


def test_records_of_something_else(tmp_path: Path) -> None:
    fields: list[Field] = [(56, 6), (80, 6), (1, 4)]
    outcome = read(with_template(fields, bytes(16)), tmp_path)
    assert outcome.flows == []
    assert outcome.tally.not_covered == {"records that are not of IP": 1}
    assert outcome.tally.read == 1


# --- MACs


MACS: list[Field] = [(8, 4), (12, 4), (4, 1), (56, 6), (80, 6), (1, 4)]


def mac(last: int) -> bytes:
    return bytes([2, 0, 0, 0, 0, last])


def test_the_mac_of_a_device_beside_the_exporter(tmp_path: Path) -> None:
    rows = [record(MACS, HOME, PEER, 17, mac(5), mac(1), 10), record(MACS, HOME, "10.0.0.9", 17, mac(5), mac(9), 10)]
    outcome = read(with_template(MACS, *rows), tmp_path)
    assert outcome.values(f"ip:{HOME}", "net.mac") == ["02:00:00:00:00:05"]
    assert outcome.values("ip:10.0.0.9", "net.mac") == ["02:00:00:00:00:09"]


@pytest.mark.parametrize(
    "rows",
    [
        [record(MACS, f"10.0.0.{n}", PEER, 17, mac(1), mac(2), 10) for n in range(10)],  # many behind one
        [record(MACS, PEER, HOME, 17, mac(1), mac(2), 10), record(MACS, HOME, PEER, 17, mac(1), mac(2), 10)],
        [
            record(MACS, HOME, PEER, 17, b"\x01\0\0\0\0\1", mac(2), 10),
            record(MACS, HOME, PEER, 17, bytes(6), mac(2), 1),
        ],
    ],
)
def test_the_mac_of_a_router_is_no_device_s(tmp_path: Path, rows: list[bytes]) -> None:
    outcome = read(with_template(MACS, *rows), tmp_path)
    assert [one for one in outcome.observations if one.attribute == "net.mac"] == []


# --- doubts


def test_addresses_that_were_translated(tmp_path: Path) -> None:
    fields: list[Field] = [(8, 4), (12, 4), (4, 1), (225, 4), (1, 4)]
    rows = [record(fields, HOME, PEER, 17, "192.0.2.1", 5), record(fields, HOME, PEER, 17, HOME, 5)]
    outcome = read(with_template(fields, *rows), tmp_path)
    assert watched(outcome).doubts["translated"].startswith("in 1 records")
    assert outcome.flows[0].subject == f"ip:{HOME}"


def test_sampling_by_a_v5_header(tmp_path: Path) -> None:
    data = v5(v5_record(HOME, PEER, 40000, 443, 9_995_000, 9_999_000), sampling=0x4000 | 100)
    assert watched(read(data, tmp_path)).sampled == 100
    assert "sampled" in watched(read(data, tmp_path)).doubts


@pytest.mark.parametrize(
    ("fields", "values", "sampled"),
    [
        ([(34, 4)], (1000,), 1000),
        ([(50, 4)], (64,), 64),
        ([(305, 4), (306, 4)], (1, 99), 100),
        ([(309, 4), (310, 4)], (2, 512), 256),
        ([(34, 4)], (1,), 1),
        ([(35, 1)], (2,), 1),
    ],
)
def test_sampling_by_options(tmp_path: Path, fields: list[Field], values: tuple[int, ...], sampled: int) -> None:
    told = set_(300, number(7, 4), record(fields, *values))
    new = ipfix(set_(3, options_template([(149, 4)], fields)), told) + ipfix(
        set_(2, template(PLAIN)), set_(256, *PAIR), sequence=1
    )
    old = v9(set_(1, options_template([(1, 4)], fields, v9=True), pad=2), told) + v9(
        set_(0, template(PLAIN)), set_(256, *PAIR), sequence=1
    )
    for data in (new, old):
        outcome = read(data, tmp_path)
        assert watched(outcome).sampled == sampled
        assert ("sampled" in watched(outcome).doubts) == (sampled > 1)
        assert len(outcome.flows) == 1


def test_what_the_numbers_say_was_lost(tmp_path: Path) -> None:
    whole = with_template(PLAIN, *PAIR)
    assert "lost" not in watched(read(whole + ipfix(set_(256, *PAIR), sequence=2), tmp_path)).doubts
    said = watched(read(whole + ipfix(set_(256, *PAIR), sequence=12), tmp_path)).doubts["lost"]
    assert "10 records of IPFIX" in said
    assert f"byte {len(whole)}" in said
    packets = [v9(set_(0, template(PLAIN)), set_(256, *PAIR), sequence=n) for n in (7, 8, 11)]
    assert "2 packets of NetFlow v9" in watched(read(b"".join(packets), tmp_path)).doubts["lost"]
    row = v5_record(HOME, PEER, 40000, 443, 9_995_000, 9_999_000)
    assert "5 records of NetFlow v5" in watched(read(v5(row) + v5(row, sequence=6), tmp_path)).doubts["lost"]


def test_numbers_that_begin_anew_are_no_loss(tmp_path: Path) -> None:
    data = with_template(PLAIN, *PAIR) + ipfix(set_(256, *PAIR), sequence=2**31) + ipfix(set_(256, *PAIR))
    assert "lost" not in watched(read(data, tmp_path)).doubts


def test_one_direction_only(tmp_path: Path) -> None:
    rows = [plain(HOME, f"203.0.113.{n}", 40000, 443) for n in range(1, 9)]
    assert "8 of 8" in watched(read(with_template(PLAIN, *rows), tmp_path)).doubts["one_direction"]


def test_attempts_are_not_one_direction(tmp_path: Path) -> None:
    rows = [plain(HOME, f"203.0.113.{n}", 40000, 443, flags=2) for n in range(1, 9)]
    assert watched(read(with_template(PLAIN, *rows), tmp_path)).doubts == {}


def test_silence_between_records_is_not_watched(tmp_path: Path) -> None:
    rows = [plain(HOME, PEER, 40000, 443, first=NOW - ago, last=NOW - ago + 60) for ago in (5000, 4800, 100)]
    spans = watched(read(with_template(PLAIN, *rows), tmp_path)).spans
    assert spans == ((NOW - 5000, NOW - 4740), (NOW - 100, NOW - 40))


# --- broken files


def test_a_message_cut_at_the_end(tmp_path: Path) -> None:
    outcome = read(with_template(PLAIN, *PAIR) + ipfix(set_(256, *PAIR), sequence=2)[:-5], tmp_path)
    assert len(outcome.flows) == 1
    assert outcome.tally.read == 2
    assert "longer than the rest" in outcome.issues[0].reason


@pytest.mark.parametrize("length", [0, 3, 60_000])
def test_a_set_that_lies_spoils_only_its_message(tmp_path: Path, length: int) -> None:
    lie = ipfix(struct.pack(">HH", 256, length) + b"x" * 40)
    outcome = read(with_template(PLAIN, *PAIR) + lie + ipfix(set_(256, *PAIR), sequence=2), tmp_path)
    assert outcome.tally.read == 4
    assert ["lies about its length" in issue.reason for issue in outcome.issues] == [True]


def test_rubbish_between_messages_is_skipped(tmp_path: Path) -> None:
    good = with_template(PLAIN, *PAIR)
    outcome = read(good + b"\xff\x00\x09rubbish\x00\x0a\x00\x05" * 30 + ipfix(set_(256, *PAIR), sequence=2), tmp_path)
    assert outcome.tally.read == 4
    assert [issue.place for issue in outcome.issues] == [f"byte {len(good)}"]


def test_rubbish_behind_v9(tmp_path: Path) -> None:
    good = v9(set_(0, template(PLAIN)), set_(256, *PAIR))
    outcome = read(good + b"\xff" * 50 + v9(set_(256, *PAIR), sequence=1), tmp_path)
    assert outcome.tally.read == 4
    assert len(outcome.issues) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (struct.pack(">HHHH", 256, 5, 8, 4), "ends in the middle"),
        (struct.pack(">HHHH", 20, 1, 8, 4), "which is none"),
        (struct.pack(">HHHH", 256, 1, 200, 0), "no length"),
    ],
)
def test_templates_that_cannot_be(tmp_path: Path, body: bytes, reason: str) -> None:
    outcome = read(with_template(PLAIN, *PAIR) + ipfix(set_(2, body), sequence=2), tmp_path)
    [issue] = outcome.issues
    assert reason in issue.reason
    assert len(outcome.flows) == 1


def test_many_messages_across_pieces(tmp_path: Path) -> None:
    rows = [plain(HOME, PEER, 40000 + n, 443, octets=1) for n in range(25)]
    data = ipfix(set_(2, template(PLAIN))) + b"".join(ipfix(set_(256, *rows), sequence=25 * n) for n in range(800))
    outcome = read(data, tmp_path)
    assert outcome.flows[0].bytes_out == 20_000
    assert (outcome.tally.read, outcome.issues) == (20_000, [])
    assert "lost" not in watched(outcome).doubts

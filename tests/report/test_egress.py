"""What a device talks to in words: rows, order, and that unknown never becomes nothing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest

from custodiet.model import Bar, FirmwareSeen
from custodiet.model.egress import EgressOutcome
from custodiet.report import egress as talks
from custodiet.report.egress_slices import gaps, length_of, slices, stretches
from custodiet.report.egress_svg import summary

from .factory import FakeNames
from .talkative import EIGHT, HOUR, bars, inside, peer, silent, talker, unseen, video


def test_a_row_says_whose_what_for_how_much_how_often_since_when() -> None:
    row = talks.row(talker(), peer(), FakeNames())
    assert row.whose == "Hangzhou Hikvision Digital Technology Co., Ltd. (its maker's own)"
    assert (row.name, row.address, row.serves, row.port) == (
        "dev.hik-connect.com", "203.0.113.80", "vendor cloud", "tcp/8555",
    )  # fmt: skip
    assert (row.out, row.into, row.often) == (41_000, 22_000, "26 times, every 30 s")
    assert row.since == "17 Nov 2025 08:01"


def test_a_company_of_the_makers_family_is_not_the_maker_itself() -> None:
    kin = msgspec.structs.replace(peer(), owner="ezviz")
    assert talks.row(talker(), kin, FakeNames()).whose.endswith(" (of its maker's family)")


def test_times_are_told_in_the_zone_that_was_asked_for() -> None:
    assert talks.row(talker(), peer(), FakeNames(), ZoneInfo("Europe/Amsterdam")).since == "17 Nov 2025 09:01"


def test_an_unknown_owner_is_said_and_an_address_alone_names_nobody() -> None:
    row = talks.row(talker(), video(), FakeNames())
    assert row.whose == "owner not known"
    assert row.name == ""
    assert row.located == "SG, Example Cloud (Made-Country 2025-11-01)"
    assert talks.row(talker(), peer(located=None), FakeNames()).located == ""
    assert talks.row(talker(), peer(serves="unknown"), FakeNames()).serves == "not known"


def test_who_began_stands_at_the_port() -> None:
    assert talks.row(talker(), inside(begun_by="other side"), FakeNames()).port == "its own tcp/554"
    assert talks.row(talker(), peer(transport="ip/47", port=0), FakeNames()).port == "ip/47"


@pytest.mark.parametrize(
    ("conversations", "hours", "said"),
    [
        (1, 0, "once"),
        (1, 1, "within one hour"),
        (3, 3, "in 3 clock hours"),
        (240, 240, "in 240 clock hours"),
        (7, 3, "7 times"),
    ],
)
def test_hours_are_told_only_where_there_are_as_many(conversations: int, hours: int, said: str) -> None:
    assert talks.often(peer(conversations=conversations, every=0.0, hours=hours)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(30, "30 s"), (300, "5 min"), (3600, "1 h"), (7200, "2 h"), (86400, "24 h"), (604_800, "7 days")],
)
def test_a_pace_in_the_unit_that_reads_best(seconds: float, said: str) -> None:
    assert talks.pace(seconds) == said


def test_the_worst_comes_first_and_what_cannot_be_said_before_what_was_found_silent() -> None:
    quiet = talker(peers=(peer(),), label="quiet")
    order = sorted([silent(), unseen(), quiet, talker(outcome="outside seen"), talker()], key=talks.worst_first)
    assert [egress.outcome for egress in order] == [
        "maker's own seen", "maker's own seen", "outside seen", "cannot be said", "nothing outside seen",
    ]  # fmt: skip
    assert order[1].label == "quiet", "video-sized comes before keep-alives"


def test_every_outcome_has_its_words() -> None:
    outcomes = set(EgressOutcome.__args__)  # type: ignore[attr-defined]
    assert set(talks.OUTCOMES) == outcomes
    assert set(talks.STATES) == outcomes


def test_the_makers_own_and_video_stand_first_among_peers() -> None:
    found = talks.outside(
        talker(peers=(peer("198.51.100.1", of_maker=False, bytes_out=10**9), video(), peer(), inside()))
    )
    assert [one.address for one in found] == ["203.0.113.80", "203.0.113.90", "198.51.100.1"]
    assert [one.address for one in talks.others(talker())] == ["10.20.8.20"]


def test_devices_of_which_nothing_is_known_are_told_together() -> None:
    bare = unseen(peers=(), peers_total=0)
    assert talks.is_silent(bare)
    assert not talks.is_silent(unseen()), "it was heard calling to all"
    assert not talks.is_silent(silent(peers=()))
    assert talks.together([bare, unseen(peers=(), label="other")]) == [(bare.says, ["10.0.1.1", "other"])]


def test_a_change_of_firmware_opens_every_verdict() -> None:
    assert "changed once" in talks.reopened(talker())
    assert talks.reopened(talker(firmware=(FirmwareSeen(version="1"), FirmwareSeen(version="1")))) == ""
    assert talks.firmware(talker(firmware=(FirmwareSeen(version="1"),))) == [("1", "no time given")]


# --- over time ------------------------------------------------------------------------------------------------------


def test_slices_cover_what_was_watched_and_keep_the_sums() -> None:
    egress = talker()
    found = slices(egress, 72)
    assert len(found) == 26
    assert (found[0].begin, found[-1].end) == (EIGHT, EIGHT + 26 * HOUR)
    away = talks.outside(egress)
    assert sum(one.sent for one in found) == sum(bar.bytes_out for p in away for bar in p.bars)
    assert sum(one.video for one in found) == 9_200_000
    assert found[15].state == "traffic"


def test_nobody_watching_is_never_nothing() -> None:
    found = slices(talker(), 72)
    assert {one.state for one in found[9:12]} == {"not watched"}
    half = talker(peers=(), spans=((EIGHT, EIGHT + 2.5 * HOUR), (EIGHT + 3.5 * HOUR, EIGHT + 5 * HOUR)))
    assert [one.state for one in slices(half, 72)] == [
        "nothing",
        "nothing",
        "partly watched",
        "partly watched",
        "nothing",
    ]
    unwatched = talker(spans=(), peers=(peer(bars=bars((0, 5, 5), (3, 5, 5))),))
    assert [one.state for one in slices(unwatched, 72)] == ["traffic", "not watched", "not watched", "traffic"]


def test_what_a_sample_or_a_part_did_not_show_is_never_nothing() -> None:
    doubtful = silent(clean=())
    assert {one.state for one in slices(doubtful, 72)} == {"doubtful"}
    assert {talks.how_watched(one) for one in slices(doubtful, 72)} == {"all the time, not well enough"}
    assert "too little was seen to say that there were none" in summary(doubtful)
    assert "No bytes went out" in summary(silent())
    half = silent(clean=((EIGHT, EIGHT + 3 * HOUR),))
    assert [one.state for one in slices(half, 72)][2:4] == ["nothing", "doubtful"]


def test_an_answer_that_could_not_be_seen_is_not_called_missing() -> None:
    row = talks.row(talker(), peer(answered=False, one_way=True, size="attempt"), FakeNames())
    assert row.size == "answers not visible"


def test_before_the_first_and_after_the_last_moment_nobody_watched() -> None:
    spans = ((EIGHT + 1800, EIGHT + 3.25 * HOUR),)
    found = slices(talker(peers=(peer(bars=bars((0, 5, 5), (3, 5, 5))),), spans=spans), 72)
    assert [(one.begin - EIGHT) / HOUR for one in found] == [0.5, 1, 2, 3]
    assert found[-1].end == EIGHT + 3.25 * HOUR
    assert [one.watched for one in found] == [1.0] * 4
    assert length_of(found) == HOUR


def test_many_slices_are_added_up_in_even_steps() -> None:
    found = slices(talker(), 10)
    assert len(found) == 9
    assert {one.end - one.begin for one in found[:-1]} == {3 * HOUR}
    assert sum(one.video for one in found) == 9_200_000
    assert found[3].watched == 0.0


def test_inside_traffic_is_not_in_the_picture() -> None:
    found = slices(silent(), 72)
    assert {one.state for one in found} == {"nothing"}


@pytest.mark.parametrize(
    "odd",
    [
        {"spans": ((float("nan"), float("inf")),), "peers": ()},
        {"spans": ((EIGHT, EIGHT + 1e18),)},
        {"slice": 0.0},
        {"slice": float("nan")},
        {"spans": ((EIGHT + 10, EIGHT),)},
        {"peers": (peer(bars=(Bar(float("inf"), 1, 1), Bar(-1e300, 1, 1))),)},
        {"spans": (), "peers": ()},
    ],
)
def test_broken_clocks_break_nothing(odd: dict[str, object]) -> None:
    assert len(slices(talker(**odd), 72)) <= 72


def test_gaps_lie_between_spans() -> None:
    assert gaps(talker()) == [(EIGHT + 9 * HOUR, EIGHT + 12 * HOUR)]
    assert gaps(silent()) == []
    assert gaps(talker(spans=((0.0, 10.0), (5.0, 20.0)))) == []


def test_neighbours_of_one_state_are_one_row() -> None:
    told = stretches(slices(talker(peers=(video(),)), 72))
    assert [(one.state, number) for one, number in told] == [
        ("nothing", 9), ("not watched", 3), ("nothing", 3), ("traffic", 1), ("nothing", 10),
    ]  # fmt: skip
    assert told[0][0].end == told[1][0].begin


def test_bars_of_the_factory_are_what_they_say() -> None:
    assert bars((1, 2, 3))[0].begin == EIGHT + HOUR

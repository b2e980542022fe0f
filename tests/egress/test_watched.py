"""How well a device was watched: what spoils a source, where gaps are, and what is told of them."""

from __future__ import annotations

from typing import Any

import pytest

from claims.made_case import CAMERA, CLOUD, RECORDER, START, flow
from custodiet.egress.place import Near
from custodiet.egress.sums import Talks, counted, gather
from custodiet.egress.watched import SEAM, SPOIL, Watch, gaps, joined, watching
from custodiet.model import Flow

MINE = frozenset({f"ip:{CAMERA}"})


def talks(*flows: Flow) -> Talks:
    return gather([(one, 1) for one in flows], MINE, Near(()))


def watch(**more: Any) -> Watch:
    return Watch(**({"kind": "capture", "name": "a.pcap", "spans": ((START, START + 3600),)} | more))


@pytest.mark.parametrize("doubt", sorted(SPOIL))
def test_a_source_that_may_lack_something_never_shows_that_nothing_was_sent(doubt: str) -> None:
    found = watching(talks(flow(RECORDER)), {"src-cap": watch(doubts={doubt: "it says so"})}, MINE)
    assert found.seconds == 3600
    assert found.clean == ()
    assert found.spoiled == (SPOIL[doubt],)
    assert found.doubts == ("a.pcap: it says so.",)


@pytest.mark.parametrize("doubt", ["clock_jump", "duplicates", "local_time", "translated"])
def test_other_doubts_are_told_and_spoil_nothing(doubt: str) -> None:
    found = watching(talks(flow(RECORDER)), {"src-cap": watch(doubts={doubt: "it says so"})}, MINE)
    assert found.clean_seconds == 3600
    assert found.doubts


def test_samples_are_told_without_a_word_of_the_reader() -> None:
    found = watching(talks(flow(RECORDER)), {"src-cap": watch(sampled=100)}, MINE)
    assert found.clean == ()
    assert found.doubts == ("a.pcap: one of 100 packets was counted.",)


def test_a_source_made_at_another_machine_shows_nothing_else_of_this_one() -> None:
    found = watching(talks(flow(RECORDER)), {"src-cap": watch(hub=f"ip:{RECORDER}")}, MINE)
    assert found.clean == ()
    assert RECORDER in found.spoiled[0]
    assert watching(talks(flow(RECORDER)), {"src-cap": watch(hub=f"ip:{CAMERA}")}, MINE).clean


def test_whoever_only_calls_to_all_is_not_watched() -> None:
    group = flow("239.255.255.250", port=1900, transport="udp")
    broadcast = flow("10.0.0.255", port=137, transport="udp", answered=False)
    assert watching(talks(group, broadcast), {"src-cap": watch()}, MINE).spans == ()


def test_files_that_follow_each_other_are_no_gap_and_gaps_are_named() -> None:
    assert gaps(joined([(0, 100), (101, 200)], SEAM)) == ""
    assert gaps(joined([(0, 100), (820, 900)])) == "1 gap of 12 minutes"
    assert gaps(joined([(0, 100), (820, 900), (3360, 4000)])) == "2 gaps, the longest 41 minutes"


def test_what_two_sources_saw_at_once_is_counted_once_each_direction_where_it_was_seen_most() -> None:
    there, back = flow(CLOUD, bytes_out=5_000, bytes_in=0), flow(CLOUD, source="src-two", bytes_out=0, bytes_in=700)
    both = flow(CLOUD, source="src-three", bytes_out=4_900, bytes_in=600)
    (talk,) = talks(there, back, both).each
    sums = counted(talk)
    assert (sums.out, sums.back, sums.conversations, sums.twice) == (5_000, 700, 1, True)


def test_what_they_saw_one_after_the_other_is_added() -> None:
    later = flow(CLOUD, source="src-two", first_seen=START + 9, last_seen=START + 20)
    (talk,) = talks(flow(CLOUD), later).each
    sums = counted(talk)
    assert (sums.out, sums.conversations, sums.twice) == (10_000, 2, False)

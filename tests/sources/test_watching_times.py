"""Records become stretches in which somebody watched, whatever their order."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from mutate import FUZZ

from custodiet.model.source import SILENCE
from custodiet.sources import watching_times
from custodiet.sources.watching_times import LONGEST, Directions, WatchingTimes

PAIRS = st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 900)).map(lambda one: (one[0], one[0] + one[1])))


def spans(*pairs: tuple[float, float | None]) -> tuple[tuple[float, float], ...]:
    times = WatchingTimes()
    for first, last in pairs:
        times.add(first, last)
    return times.spans()


def test_a_silence_parts_two_stretches() -> None:
    assert spans((0, None), (SILENCE, None)) == ((0, SILENCE),)
    assert spans((0, None), (SILENCE + 1, None)) == ((0, 0), (SILENCE + 1, SILENCE + 1))


def test_a_long_conversation_covers_all_its_time() -> None:
    assert spans((0, 36_000), (100, 200), (36_000 + SILENCE, None)) == ((0, 36_000 + SILENCE),)


def test_few_packets_far_apart_show_their_ends_only() -> None:
    times = WatchingTimes()
    times.add(0, 3000, packets=2)
    times.add(10_000, 13_000, packets=11)
    times.add(20_000, 23_000, packets=10)
    assert times.spans() == ((0, 0), (3000, 3000), (10_000, 13_000), (20_000, 20_000), (23_000, 23_000))


def test_a_record_in_between_joins_what_stands_on_both_sides() -> None:
    assert spans((0, None), (1000, None), (2000, None), (100, 1900)) == ((0, 2000),)


def test_a_record_without_time_shows_nothing_and_one_that_ends_before_it_begins_shows_its_beginning() -> None:
    times = WatchingTimes()
    times.add(None, 5.0)
    times.add(500.0, 5.0)
    assert times.spans() == ((500.0, 500.0),)


def test_a_record_of_many_years_is_not_believed() -> None:
    assert spans((0, LONGEST + 1)) == ((0, 0), (LONGEST + 1, LONGEST + 1))


@FUZZ
@given(PAIRS, st.randoms())
def test_the_order_of_records_does_not_matter(pairs: list[tuple[float, float]], chance: random.Random) -> None:
    shuffled = pairs[:]
    chance.shuffle(shuffled)
    found = spans(*pairs)
    assert found == spans(*shuffled)
    assert all(first <= last for first, last in found)
    assert all(later[0] - earlier[1] > SILENCE for earlier, later in pairwise(found))
    assert all(any(begin <= first and last <= end for begin, end in found) for first, last in pairs)


def test_there_is_a_bound_and_it_makes_the_answer_shorter() -> None:
    times = WatchingTimes()
    most, watching_times.MOST_SPANS = watching_times.MOST_SPANS, 3
    try:
        for number in range(10):
            times.add(number * 1000.0)
        times.add(50.0)
    finally:
        watching_times.MOST_SPANS = most
    assert times.spans() == ((0, 50), (1000, 1000), (2000, 2000))
    assert times.left_out == 7


def test_conversations_of_which_one_side_was_seen() -> None:
    directions = Directions()
    directions.add("tcp", 1, 0)  # a call that nobody answered
    directions.add("udp", 50, 0)
    directions.add("tcp", 5, 5)
    assert directions.doubt() == ""
    directions.add("tcp", 0, 40)
    assert directions.doubt().startswith("of 1 of 2 conversations over TCP only one side was seen")

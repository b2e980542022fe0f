"""Sets of packets, held against counting them one by one in a universe small enough for it."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.reach import sets
from custodiet.reach.sets import Box, Ranges, TooRagged, common, ranges, size, split, subtract, without

TOP = (3, 3, 2, 2, 3, 1)
"""The last value of each field in the small universe."""


@st.composite
def spans(draw: st.DrawFn, top: int) -> tuple[int, int]:
    first = draw(st.integers(0, top))
    return first, draw(st.integers(first, top))


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    return tuple(draw(spans(top)) for top in TOP)  # type: ignore[return-value]


@st.composite
def matches(draw: st.DrawFn) -> tuple[Ranges | None, ...]:
    return tuple(draw(st.none() | st.lists(spans(top), max_size=3).map(ranges)) for top in TOP)


def packets(some: list[Box]) -> list[tuple[int, ...]]:
    """Every packet of every box, as often as it stands in one."""
    return [one for box in some for one in product(*(range(first, last + 1) for first, last in box))]


def meant(packet: tuple[int, ...], match: tuple[Ranges | None, ...]) -> bool:
    return all(r is None or any(a <= v <= b for a, b in r) for v, r in zip(packet, match, strict=True))


@settings(deadline=None, max_examples=150)
@given(boxes(), matches())
def test_a_split_takes_what_is_meant_and_leaves_the_rest_each_packet_once(
    box: Box, match: tuple[Ranges | None, ...]
) -> None:
    inside, outside = split(box, match)
    assert sorted(packets(inside) + packets(outside)) == sorted(packets([box]))
    assert all(meant(packet, match) for packet in packets(inside))
    assert not any(meant(packet, match) for packet in packets(outside))


@settings(deadline=None, max_examples=100)
@given(boxes(), st.lists(boxes(), max_size=4))
def test_what_is_subtracted_is_gone_and_nothing_else(box: Box, taken: list[Box]) -> None:
    left = packets(subtract([box], taken))
    assert len(left) == len(set(left))
    assert set(left) == set(packets([box])) - set(packets(taken))
    assert size(subtract([box], taken)) == len(left)


@settings(deadline=None)
@given(st.lists(spans(20), max_size=6), st.lists(spans(20), max_size=6))
def test_ranges_are_sets_of_numbers(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    def numbers(some: object) -> set[int]:
        return {n for first, last in some for n in range(first, last + 1)}  # type: ignore[attr-defined]

    joined = ranges(one)
    assert numbers(joined) == numbers(one)
    assert all(a[1] + 1 < b[0] for a, b in pairwise(joined))
    assert numbers(without(one, other)) == numbers(one) - numbers(other)
    assert numbers(common(ranges(one), ranges(other))) == numbers(one) & numbers(other)


def test_a_set_that_falls_into_too_many_pieces_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets, "MOST_BOXES", 50)
    every_other = tuple((n, n) for n in range(0, 400, 2))
    with pytest.raises(TooRagged):
        split(((0, 400),) * 6, (every_other, None, None, None, None, None))

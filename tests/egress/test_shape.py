"""Shapes: streams stand out from keep-alives, refusals are no answers, and pictures keep the sums."""

from __future__ import annotations

import pytest

from claims.made_case import CLOUD, START, flow
from custodiet.egress.shape import MOST_BARS, answered, bars, pace, refused, shape, slice_of

HOUR = 3600.0


def size(*flows, every: float = 0.0, outward: bool = True) -> str:  # type: ignore[no-untyped-def]
    return shape(flows, [1] * len(flows), outward=outward, every=every)


def test_a_minute_of_pictures_is_video_sized() -> None:
    assert (
        size(flow(CLOUD, bytes_out=1_600_000, bytes_in=9_000, first_seen=START, last_seen=START + 60)) == "video-sized"
    )


def test_the_same_bytes_within_a_second_are_none() -> None:
    assert size(flow(CLOUD, bytes_out=1_600_000, bytes_in=9_000, first_seen=START, last_seen=START + 1)) == "bulk"


def test_a_download_is_none() -> None:
    one = flow(CLOUD, bytes_out=200_000, bytes_in=40_000_000, first_seen=START, last_seen=START + 60)
    assert size(one) == "bulk"
    assert size(one, outward=False) == "video-sized"  # called from outside, what came back is what the device sent


def test_many_pictures_within_an_hour_are_a_stream() -> None:
    each = [
        flow(CLOUD, bytes_out=300_000, bytes_in=2_000, first_seen=START + 40 * at, last_seen=START + 40 * at + 1)
        for at in range(80)
    ]
    assert size(*each) == "video-sized"
    assert size(*each[:20]) == "bulk"


def test_little_at_an_even_pace_is_a_keep_alive_and_as_much_at_none_is_small() -> None:
    each = [
        flow(CLOUD, bytes_out=300, bytes_in=200, first_seen=START + 30 * at, last_seen=START + 30 * at)
        for at in range(9)
    ]
    assert pace(each, [1] * len(each)) == 30
    assert size(*each, every=30) == "keep-alive"
    uneven = [each[at] for at in (0, 1, 3, 8)]
    assert pace(uneven, [1] * len(uneven)) == 0
    assert size(*uneven) == "small"


def test_hours_that_follow_each_other_tell_no_pace_but_even_hours_are_a_keep_alive() -> None:
    hours = [
        flow(
            CLOUD,
            bytes_out=30_000 + at,
            bytes_in=20_000,
            first_seen=START + HOUR * at,
            last_seen=START + HOUR * at + 3590,
        )
        for at in range(6)
    ]
    assert pace(hours, [1] * len(hours)) == 0
    assert size(*hours) == "keep-alive"
    assert (
        size(*hours[:5], flow(CLOUD, bytes_out=900_000, first_seen=START + 5 * HOUR, last_seen=START + 5 * HOUR + 3590))
        == "bulk"
    )


def test_sums_of_several_tell_no_pace() -> None:
    each = [flow(CLOUD, first_seen=START + 30 * at, last_seen=START + 30 * at) for at in range(9)]
    assert pace(each, [1] * 9) == 30
    assert pace(each, [1] * 8 + [2]) == 0


def test_once_a_day_is_a_pace_that_hours_show() -> None:
    days = [
        flow(CLOUD, bytes_out=500_000, first_seen=START + 86_400 * at, last_seen=START + 86_400 * at + 20)
        for at in range(4)
    ]
    assert pace(days, [1] * len(days)) == 86_400
    assert size(*days, every=86_400.0) == "bulk"


def test_nothing_back_is_an_attempt_but_a_stream_to_nobody_is_one() -> None:
    assert size(flow(CLOUD, answered=False)) == "attempt"
    stream = flow(CLOUD, answered=False, transport="udp", bytes_out=4_000_000, packets_out=3_000, last_seen=START + 61)
    assert size(stream) == "video-sized"


@pytest.mark.parametrize("size_of_opening", [44, 52, 60])
def test_openings_that_are_refused_are_no_answer(size_of_opening: int) -> None:
    one = flow(CLOUD, bytes_out=3 * size_of_opening, packets_out=3, bytes_in=120, packets_in=3)
    assert refused(one)
    assert not answered(one)


@pytest.mark.parametrize(
    ("out", "packets", "back", "answers"),
    [(123, 3, 120, 3), (180, 3, 180, 3), (240, 4, 200, 5), (5_000, 10, 400, 10), (60, 1, 40, 0)],
)
def test_whatever_may_be_more_than_a_refusal_is_an_answer(out: int, packets: int, back: int, answers: int) -> None:
    one = flow(CLOUD, bytes_out=out, packets_out=packets, bytes_in=back, packets_in=answers)
    assert not refused(one)
    assert answered(one)


def test_bars_keep_the_sums_and_are_few() -> None:
    length = slice_of(START, START + 3 * 86_400)
    assert length == HOUR
    told = bars([(START, START + 7_000, 7_000, 70), (START + 90_000, START + 90_000, 5, 0)], length)
    assert sum(bar.bytes_out for bar in told) == pytest.approx(7_005, abs=2)
    assert all(bar.begin % length == 0 for bar in told)
    assert len(told) in (3, 4)


@pytest.mark.parametrize("span", [0, 59, 7_200, 86_400, 30 * 86_400, 400 * 86_400, 60 * 365 * 86_400])
def test_there_are_never_many_slices(span: float) -> None:
    assert span / slice_of(START, START + span) <= MOST_BARS


def test_times_that_no_calendar_holds_have_no_bar() -> None:
    assert bars([(float("inf"), float("inf"), 1, 1), (1e300, 1e301, 1, 1), (START, START - 5, 1, 1)], HOUR) == ()
    assert pace([flow(CLOUD, first_seen=1e300 + at) for at in range(9)], [1] * 9) == 0

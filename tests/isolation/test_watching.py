"""How long a device was watched, and how long it must be."""

from __future__ import annotations

from custodiet.isolation.watching import common, joined, length_of, needed_of
from isolation.proof import BEGIN, DAY, HOUR, flow, hourly


def test_stretches_are_joined_over_what_is_no_gap() -> None:
    assert joined([(5, 6), (0, 1), (1.5, 4)], 0.5) == [(0, 4), (5, 6)]


def test_what_lies_in_both() -> None:
    assert common([(0, 10), (20, 30)], [(5, 22), (25, 26)]) == [(5, 10), (20, 22), (25, 26)]
    assert common([(0, 1)], []) == []


def test_only_time_with_signs_of_the_device_counts() -> None:
    spans = {"src-1": [(BEGIN, BEGIN + 30 * HOUR)]}
    assert length_of(hourly(2), spans, ["src-1"]).whole < 2 * HOUR
    assert length_of(hourly(2), spans, ["src-2"]).whole == 0


def test_files_of_one_long_capture_are_one_stretch() -> None:
    spans = {"src-1": [(BEGIN, BEGIN + HOUR)], "src-2": [(BEGIN + HOUR + 2, BEGIN + 2 * HOUR)]}
    flows = [flow(seconds=HOUR), flow(at=BEGIN + HOUR + 5, seconds=HOUR - 5, source="src-2")]
    assert length_of(flows, spans, ["src-1", "src-2"]).longest == 2 * HOUR


def test_a_day_at_least_and_twice_the_longest_pause() -> None:
    often = [flow(at=BEGIN + at * HOUR) for at in range(5)]
    assert needed_of([])[0] == DAY
    assert needed_of([often])[0] == DAY
    rare = [flow(at=BEGIN), flow(at=BEGIN + 30 * HOUR)]
    assert needed_of([often, rare])[0] == 60 * HOUR
    assert needed_of([[flow()]])[0] == DAY, "a pause has two ends"

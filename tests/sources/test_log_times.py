"""Times as logs write them, the year they leave out and the zone they do not name."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from custodiet.sources.log_times import LogClock, offset_of

CHANGED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC).timestamp()
SEVEN = datetime(2026, 11, 22, 7, 0, tzinfo=UTC).timestamp()
AMSTERDAM = "Europe/Amsterdam"


def clock(zone: str = "", changed: float = CHANGED) -> LogClock:
    return LogClock(zone, changed)


@pytest.mark.parametrize(
    ("line", "later"),
    [
        ("Nov 22 07:00:00 gw kernel: x", 0),
        ("<134>Nov 22 07:00:00 gw x", 0),
        ("Nov 22 2026 07:00:00: x", 0),
        (":Nov 22 07:00:00 UTC: x", 0),
        ("Sun Nov 22 07:00:00 2026 daemon.info dnsmasq[1]: x", 0),
        ("2026-11-22T07:00:00.250Z x", 0.25),
        ("<30>1 2026-11-22T08:00:00+01:00 gw x", 0),
        ("2026/11/22 07:00:00", 0),
        ("2026-11-22 12:30:00+0530", 0),
        ("22-Nov-2026 07:00:00.123 queries", 0.123),
        ("[1795330800] unbound[1:0]", 0),
        ("11/22/2026 7:00:00 AM 0A1C", 0),
        ("22-11-2026 07:00:00 0A1C", 0),
        ("22.11.2026 07:00:00 0A1C", 0),
    ],
)
def test_the_forms_of_a_time(line: str, later: float) -> None:
    when, end = clock().stamp(line)
    assert when == pytest.approx(SEVEN + later)
    assert 0 < end <= len(line)


@pytest.mark.parametrize(
    "line", ["", "no time", "Foo 22 07:00:00 x", "2026-13-22 07:00:00", "Nov 31 07:00:00 x", "2026-11-22T27:00:00"]
)
def test_what_is_no_time(line: str) -> None:
    assert clock().stamp(line)[0] is None


def test_a_year_that_is_left_out_is_the_latest_that_does_not_lie_in_the_future_of_the_file() -> None:
    one = clock(changed=datetime(2027, 1, 2, tzinfo=UTC).timestamp())
    assert one.stamp("Dec 31 23:00:00 x")[0] == datetime(2026, 12, 31, 23, tzinfo=UTC).timestamp()
    assert one.stamp("Jan  1 00:10:00 x")[0] == datetime(2027, 1, 1, 0, 10, tzinfo=UTC).timestamp()
    assert one.guessed_years == {2026, 2027}
    assert one.jump_doubt() == ""
    leap = clock().stamp("Feb 29 07:00:00 x")[0]
    assert leap == datetime(2024, 2, 29, 7, tzinfo=UTC).timestamp()


def test_without_a_zone_utc_is_taken_and_said() -> None:
    one = clock()
    one.stamp("Nov 22 07:00:00 x")
    assert "no zone" in one.zone_doubt()
    assert "--zone Europe/Amsterdam" in one.zone_doubt()
    named = clock()
    named.stamp("2026-11-22T07:00:00Z x")
    assert named.zone_doubt() == ""


def test_the_zone_that_the_user_gives_counts_where_the_log_names_none() -> None:
    one = clock(AMSTERDAM)
    assert one.stamp("Nov 22 08:00:00 x")[0] == SEVEN
    assert one.stamp("Jul 22 09:00:00 x")[0] == datetime(2026, 7, 22, 7, tzinfo=UTC).timestamp()
    assert one.stamp("2026-11-22T07:00:00Z x")[0] == SEVEN
    assert one.zone_doubt() == ""


def test_the_hour_that_comes_twice_is_told_apart_by_order_and_said() -> None:
    one = clock(AMSTERDAM)
    times = [one.stamp(f"Oct 25 {written} x")[0] for written in ("02:10:00", "02:50:00", "02:10:00", "02:50:00")]
    assert [later - earlier for earlier, later in pairwise(times)] == [2400, 1200, 2400]
    assert "4 of its times fall into an hour that came twice" in one.zone_doubt()
    assert one.jump_doubt() == ""


def test_an_hour_that_the_zone_left_out_speaks_against_the_zone() -> None:
    one = clock(AMSTERDAM)
    assert one.stamp("Mar 29 02:30:00 x")[0] is not None
    assert "may be wrong" in one.zone_doubt()


def test_times_that_go_back_are_a_doubt_and_lines_that_change_places_are_none() -> None:
    one = clock()
    for written in ("07:00:00", "07:00:05", "07:00:01", "07:10:00"):
        one.stamp(f"Nov 22 {written} x")
    assert one.jump_doubt() == ""
    one.stamp("Nov 22 06:00:00 x")
    one.stamp("Nov 22 06:01:00 x")
    assert one.jump_doubt() == "the times go back by more than ten minutes once, first behind 2026-11-22 07:10:00 UTC"


def test_a_time_within_a_line_may_lie_before_the_others() -> None:
    one = clock()
    one.stamp("Nov 22 07:00:00 x")
    assert one.within("2026/11/21 07:00:00") == SEVEN - 86_400
    assert one.jump_doubt() == ""


@pytest.mark.parametrize("written", ["", "+1", "+9900", "x0100", "CET"])
def test_what_is_no_offset(written: str) -> None:
    assert offset_of(written) is None

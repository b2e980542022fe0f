"""The rate: what leaves in any stretch of time, alone and beside other jobs."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest

from custodiet.errors import UsageError
from custodiet.probes.pace import BURST, Own, Pace, Shared, parse_rate


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("text", "rate"), [("50/s", 50.0), ("50", 50.0), ("0.5/s", 0.5), ("30/min", 0.5), ("6/h", 6 / 3600), ("0.1", 0.1)]
)
def test_a_rate_is_read(text: str, rate: float) -> None:
    assert parse_rate(text) == pytest.approx(rate)


@pytest.mark.parametrize("text", ["", "0", "-1", "fast", "50/d", "1e3", "0.0/s", "5/s/s"])
def test_what_is_no_rate_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="is no rate"):
        parse_rate(text)


def sent(rate: float, seconds: float, step: int = 1) -> list[float]:
    clock = Clock()
    pace = Pace(rate, clock)
    times = []
    while clock.now < 1000 + seconds:
        clock.now += pace.wait(step)
        times += [clock.now] * step
    return times


@pytest.mark.parametrize("rate", [0.1, 0.5, 3, 50, 1000, 7777.7])
def test_the_rate_is_kept_within_two_per_cent(rate: float) -> None:
    seconds = max(10.0, 100 / rate)
    assert len(sent(rate, seconds)) == pytest.approx(rate * seconds, rel=0.02, abs=1.5)


def test_no_second_holds_more_than_the_rate() -> None:
    times = sent(50, 20)
    most = max(sum(begin <= t < begin + 1 for t in times) for begin in times)
    assert most <= 50 * (1 + BURST) + 1


def test_a_pause_is_not_made_up_for() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    assert pace.wait() == 0
    clock.now += 60
    waited = [pace.wait() for _ in range(10)]
    assert sum(wait == 0 for wait in waited) <= 2, "a minute of silence earns no burst"
    assert waited[-1] == pytest.approx(0.9, abs=0.1)


def test_no_rate_waits_for_nobody() -> None:
    assert Pace(None, Clock()).wait(1_000_000) == 0


def test_two_jobs_with_one_file_send_no_more_than_one(tmp_path: Path) -> None:
    clock = Clock()
    jobs = [Pace(100, clock, Shared(tmp_path / "turns")) for _ in range(2)]
    left = []
    for _ in range(1000):
        left += [clock.now + job.wait() for job in jobs]
    assert max(left) - min(left) == pytest.approx(20, rel=0.02), "2,000 packets at 100 a second"


def test_a_turn_of_a_machine_that_began_anew_is_forgotten(tmp_path: Path) -> None:
    Shared(tmp_path / "turns").take(50_000.0, 1, 1.0)
    assert Shared(tmp_path / "turns").take(10.0, 1, 1.0) <= 10.0


def _job(path: Path, count: int) -> None:
    pace = Pace(200, time.monotonic, Shared(path))
    for _ in range(count):
        time.sleep(pace.wait())


def test_processes_share_the_rate(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    jobs = [context.Process(target=_job, args=(tmp_path / "turns", 100)) for _ in range(2)]
    begun = time.monotonic()
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert time.monotonic() - begun >= 0.95, "200 packets at 200 a second, however many send them"


def test_own_turns_do_not_go_back() -> None:
    own = Own()
    begins = [own.take(5.0, 1, 10.0) for _ in range(5)]
    assert begins == sorted(begins)


def test_what_was_not_needed_is_given_back() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    pace.wait(8)
    pace.return_turns(5)
    assert pace.wait() == pytest.approx(0.3 - BURST)


def test_what_left_without_a_turn_is_made_up_for() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    pace.wait(2)
    pace.left(2)
    assert pace.wait() == pytest.approx(0.2 - BURST), "those had their turn"
    pace.left(5)
    assert pace.wait() == pytest.approx(0.7 - BURST), "four more left than there were turns for"


def test_in_the_end_there_was_a_turn_for_every_packet() -> None:
    clock = Clock()
    pace = Pace(50, clock)
    packets = 0
    while clock.now < 1100:
        clock.now += pace.wait(7)  # a connection that takes five, one of them after its end
        pace.left(4)
        pace.return_turns(3)
        pace.left(1)
        packets += 5
    assert packets == pytest.approx(50 * 100, rel=0.02)


def test_a_turn_whose_moment_passed_unused_is_used_later() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    pace.wait(7)
    clock.now += 5
    pace.return_turns(3)
    assert [pace.wait() for _ in range(3)] == [0, 0, 0]
    assert pace.wait() == 0 and pace.wait() > 0, "then it goes on at the rate"
    pace.wait(100)
    clock.now += 60
    pace.return_turns(90)
    assert sum(pace.wait() == 0 for _ in range(20)) <= 6, "and not many are kept"


def test_what_was_needed_beyond_the_expected_takes_its_turns_once() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    pace.wait(1)
    pace.return_turns(-5)
    first = pace.wait(1)
    assert first == pytest.approx(0.6 - BURST)
    assert pace.wait(1) == pytest.approx(first + 0.1)

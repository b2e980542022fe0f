"""Our own slowness is noticed, and where it was."""

from __future__ import annotations

import asyncio
import contextlib
import time

from custodiet.probes.lag import LATE, Lag


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_late_tick_spoils_the_silences_around_it() -> None:
    clock = Clock()
    lag = Lag(clock)
    lag.tick(100.0)
    assert not lag.between(0, 1000)
    clock.now = 103.0
    lag.tick(100.05)
    assert lag.between(99.0, 101.0)
    assert lag.between(102.0, 105.0)
    assert not lag.between(90.0, 100.0)
    assert not lag.between(103.5, 105.0)
    assert lag.worst > 2.9


def test_a_starved_loop_shows() -> None:
    async def run() -> Lag:
        lag = Lag(time.monotonic)
        ticks = asyncio.create_task(lag.run())
        await asyncio.sleep(0.1)
        time.sleep(LATE + 0.3)  # the loop is starved on purpose
        await asyncio.sleep(0.1)
        ticks.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticks
        return lag

    begun = time.monotonic()
    lag = asyncio.run(run())
    assert lag.between(begun, time.monotonic())

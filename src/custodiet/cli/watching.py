"""The live view of a sweep: how far it is, how fast, what lives, what is left alone. Written to the error stream."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from custodiet.cli.redraw import Redrawn

if TYPE_CHECKING:
    from custodiet.probes.plan import Plan
    from custodiet.probes.sensor.listen import Stats
    from custodiet.probes.sweep import Seen, Sweep

_MEAN = 10.0
"""Seconds over which the rate that is shown is the mean; in a single second it is now more, now less."""
_LATEST = 6
"""Devices that are shown while it runs."""


@contextmanager
def watching(plan: Plan, *, show: bool) -> Iterator[Callable[[Seen, Sweep], None]]:
    """Show a sweep while the block runs, and leave nothing behind; on what is no terminal nothing is shown."""
    console = Console(stderr=True)
    if not show or not console.is_terminal or console.is_dumb_terminal:
        yield lambda *_: None
        return
    begun = time.monotonic()
    passed = deque([(begun, 0)])
    with Redrawn(console) as live:

        def look(seen: Seen, sweep: Sweep) -> None:
            now = time.monotonic()
            passed.append((now, seen.packets))
            while now - passed[0][0] > _MEAN:
                passed.popleft()
            gone = now - passed[0][0]
            speed = (seen.packets - passed[0][1]) / gone if gone else 0.0
            live.draw(_view(plan, seen, sweep, now - begun, speed))

        yield look


def _view(plan: Plan, seen: Seen, sweep: Sweep, seconds: float, speed: float) -> Table:
    view = Table.grid(padding=(0, 2))
    ahead = f"about {_clock(sweep.to_go())} to go" if plan.rate else "as fast as it goes"
    view.add_row(Text("now", style="bold"), Text(seen.stage, style="bold"))
    view.add_row(Text("time"), Text(f"{_clock(seconds)} gone, {ahead}"))
    rate = f" of at most {plan.rate:g}" if plan.rate else ""
    view.add_row(Text("sent"), Text(f"{seen.packets:,} packets, {speed:,.0f}{rate} a second"))
    view.add_row(
        Text("found"),
        Text(f"{seen.alive:,} addresses in use, {seen.open:,} open ports, {seen.exchanges['answered']:,} answers"),
    )
    waiting = sum(len(device.waiting) for device in sweep.devices.values())
    left = max(0, seen.knocks_planned - seen.knocks)
    view.add_row(Text("ahead"), Text(f"{left:,} ports to try now, {waiting:,} questions that wait"))
    if seen.left_alone:
        told = "1 device" if seen.left_alone == 1 else f"{seen.left_alone:,} devices"
        view.add_row(Text("spared"), Text(f"{told} in distress, left alone", style="yellow"))
    for number, device in enumerate(list(sweep.devices.values())[: -_LATEST - 1 : -1]):
        ports = ", ".join(map(str, sorted(device.open))) or "nothing open so far"
        told = f"{device.address}  {ports}" + (f"  left alone: {device.left_alone}" if device.left_alone else "")
        view.add_row(Text("" if number else "latest"), Text(told, style="yellow" if device.left_alone else ""))
    return view


@contextmanager
def hearing(interface: str, seconds: float | None, *, show: bool) -> Iterator[Callable[[Stats], None]]:
    """Show how listening goes while the block runs, and leave nothing behind."""
    console = Console(stderr=True)
    if not show or not console.is_terminal or console.is_dumb_terminal:
        yield lambda _: None
        return
    with Redrawn(console) as live:

        def look(stats: Stats) -> None:
            gone = stats.until - stats.since
            until = f" of {_clock(seconds)}" if seconds else "; Ctrl-C ends it"
            lost = f", {stats.lost:,} lost" if stats.lost else ", none lost"
            words = f"listening on {interface}  {_clock(gone)}{until}  {stats.seen:,} frames, {stats.kept:,} read{lost}"
            live.draw(Text(words))

        yield look


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02}"

"""The live view of a sweep: how far it is, how fast, what lives, what is left alone. Written to the error stream."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from custodiet.probes.plan import Plan
    from custodiet.probes.sensor.listen import Stats
    from custodiet.probes.sweep import Seen, Sweep

_LATEST = 6
"""Devices that are shown while it runs."""


@contextmanager
def watching(plan: Plan, *, show: bool) -> Iterator[Callable[[Seen, Sweep], None]]:
    """Show a sweep while the block runs, and leave nothing behind; on what is no terminal nothing is shown."""
    console = Console(stderr=True)
    if not show or not console.is_terminal:
        yield lambda *_: None
        return
    begun = time.monotonic()
    last = (begun, 0)
    speed = 0.0
    with Live(console=console, transient=True, auto_refresh=False) as live:

        def look(seen: Seen, sweep: Sweep) -> None:
            nonlocal last, speed
            now = time.monotonic()
            if now - last[0] >= 1:
                speed, last = (seen.packets - last[1]) / (now - last[0]), (now, seen.packets)
            live.update(_view(plan, seen, sweep, now - begun, speed), refresh=True)

        yield look


def _view(plan: Plan, seen: Seen, sweep: Sweep, seconds: float, speed: float) -> Table:
    view = Table.grid(padding=(0, 2))
    waiting = sum(len(device.waiting) for device in sweep.devices.values())
    left = max(0, seen.knocks_planned - seen.knocks)
    ahead = (left + 7 * waiting) / plan.rate if plan.rate else 0.0
    view.add_row(Text(seen.stage, style="bold"), Text(f"{_clock(seconds)} gone, about {_clock(ahead)} of this to go"))
    rate = f" of {plan.rate:g}" if plan.rate else ""
    view.add_row(Text("sent"), Text(f"{seen.packets:,} packets, {speed:,.0f}{rate} a second"))
    view.add_row(
        Text("found"),
        Text(f"{seen.alive:,} addresses that live, {seen.open:,} open ports, {seen.exchanges['answered']:,} answers"),
    )
    view.add_row(Text("to ask"), Text(f"{left:,} knocks, {waiting:,} questions"))
    if seen.left_alone:
        view.add_row(Text("in distress"), Text(f"{seen.left_alone:,} devices are left alone", style="yellow"))
    for device in list(sweep.devices.values())[-_LATEST:]:
        ports = ", ".join(map(str, sorted(device.open))) or "refuses"
        view.add_row(
            Text(""), Text(f"{device.address}  {ports}" + (f"  {device.left_alone}" if device.left_alone else ""))
        )
    return view


@contextmanager
def hearing(interface: str, seconds: float | None, *, show: bool) -> Iterator[Callable[[Stats], None]]:
    """Show how listening goes while the block runs, and leave nothing behind."""
    console = Console(stderr=True)
    if not show or not console.is_terminal:
        yield lambda _: None
        return
    with Live(console=console, transient=True, auto_refresh=False) as live:

        def look(stats: Stats) -> None:
            gone = stats.until - stats.since
            until = f" of {_clock(seconds)}" if seconds else "; Ctrl-C ends it"
            lost = f", {stats.lost:,} lost" if stats.lost else ", none lost"
            words = f"listening on {interface}  {_clock(gone)}{until}  {stats.seen:,} frames, {stats.kept:,} read{lost}"
            live.update(Text(words), refresh=True)

        yield look


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02}"

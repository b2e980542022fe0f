"""A bar for long work: per file what is done of it, then the steps after reading. Written to the error stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from custodiet import audit
from custodiet.report.guard import plain

_WIDE = 60
"""Columns from which on amounts and times have room beside the bar."""


@contextmanager
def bar() -> Iterator[audit.Progress]:
    """Show progress while the block runs, and leave nothing behind."""
    console = Console(stderr=True)
    columns = [TextColumn("{task.description}", markup=False), BarColumn(bar_width=None)]
    if console.width >= _WIDE:
        columns += [DownloadColumn(binary_units=True), TimeRemainingColumn()]
    room = max(console.width // 2 - len("reading "), 8)
    with Progress(*columns, console=console, transient=True, expand=True) as shown:
        task = shown.add_task("", total=None, visible=False)

        def file(name: str, size: int) -> None:
            shown.reset(task, description=f"reading {_end(plain(name, 1000), room)}", total=size, visible=True)

        def step(words: str) -> None:
            shown.reset(task, description=words, total=None, visible=True)

        yield audit.Progress(file=file, done=lambda done: shown.update(task, completed=done), step=step)


def _end(name: str, room: int) -> str:
    """The end of a path, which tells files apart."""
    return name if len(name) <= room else f"…{name[1 - room :]}"

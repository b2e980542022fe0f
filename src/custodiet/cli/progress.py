"""A bar for long work: per file what is done of it, then the steps after reading. Written to the error stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from custodiet import audit
from custodiet.report.guard import plain


@contextmanager
def bar() -> Iterator[audit.Progress]:
    """Show progress while the block runs, and leave nothing behind."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None, visible=False)

        def file(name: str, size: int) -> None:
            shown.reset(task, description=f"reading {plain(name, 60)}", total=size, visible=True)

        def step(words: str) -> None:
            shown.reset(task, description=words, total=None, visible=True)

        yield audit.Progress(file=file, done=lambda done: shown.update(task, completed=done), step=step)

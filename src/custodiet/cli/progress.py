"""A bar for long work: per file what is done of it, then the steps after reading. Written to the error stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from custodiet import audit
from custodiet.report.guard import plain

_WIDE = 60
"""Columns from which on amounts and times have room beside the bar."""

_WIDER = 80
"""Columns from which on the rate has room too."""


class _OfFiles(ProgressColumn):
    """A column that says nothing of a step: it has no size, and so no amount, rate or end."""

    def __init__(self, column: ProgressColumn) -> None:
        super().__init__()
        self._column = column

    def render(self, task: Task) -> Text:
        return Text("") if task.total is None else Text.assemble(self._column.render(task))  # type: ignore[arg-type]


@contextmanager
def bar(processes: Callable[[str, int], None] = lambda _doing, _number: None) -> Iterator[audit.Progress]:
    """Show progress while the block runs, and leave nothing behind; what `processes` prints stands above it."""
    console = Console(stderr=True)
    columns: list[ProgressColumn] = [TextColumn("{task.description}", markup=False), BarColumn(bar_width=None)]
    if console.width >= _WIDE:
        columns += [_OfFiles(DownloadColumn(binary_units=True)), _OfFiles(TimeRemainingColumn())]
    if console.width >= _WIDER:
        columns.insert(-1, _OfFiles(TransferSpeedColumn()))
    room = max(console.width * 2 // 5 - len("reading "), 8)
    with Progress(*columns, console=console, transient=True, expand=True) as shown:
        task = shown.add_task("", total=None, visible=False)

        def file(name: str, size: int) -> None:
            shown.reset(task, description=f"reading {_end(plain(name, 1000), room)}", total=size, visible=True)

        def step(words: str) -> None:
            shown.tasks[0].total = None  # a step has no size; `reset` would leave that of the last file
            shown.reset(task, description=words, visible=True)

        yield audit.Progress(
            file=file, done=lambda done: shown.update(task, completed=done), step=step, processes=processes
        )


def _end(name: str, room: int) -> str:
    """The end of a path, which tells files apart."""
    return name if len(name) <= room else f"…{name[1 - room :]}"

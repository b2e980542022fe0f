"""Lines on a terminal that are written anew in their place, also where its window is resized meanwhile."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


class Redrawn:
    """Lines that stand on a terminal for as long as the block runs, and are gone at its end.

    A window that is made narrower folds what stands in it into more rows. So no line is filled up with blanks, and
    before each drawing its rows are counted as they stand by then: nothing is left of them.

    Args:
        console: writes to a terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._widths: list[int] = []
        """Of the lines that stand there now."""

    def __enter__(self) -> Redrawn:
        self._console.show_cursor(False)
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._write([])
        self._console.show_cursor(True)

    def draw(self, view: RenderableType) -> None:
        """Put this in the place of what stands there; what is higher than the window is cut off."""
        lines = []
        for segments in self._console.render_lines(view, pad=False)[: max(1, self._console.height - 1)]:
            lines.append(Text.assemble(*((one.text, one.style or "") for one in segments)))
            lines[-1].rstrip()
        self._write(lines)

    def _write(self, lines: list[Text]) -> None:
        console = self._console
        rows = sum(max(1, -(-width // console.width)) for width in self._widths)
        with console.capture() as written:
            for line in lines:
                console.print(line, soft_wrap=True)
        self._widths = [line.cell_len for line in lines]
        wiped = f"\r\x1b[{rows}A\x1b[J" if rows else ""  # up to the first of them, and clear from there
        console.file.write(wiped + written.get())
        console.file.flush()

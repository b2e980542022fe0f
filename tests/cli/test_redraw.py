"""What is written anew in place leaves nothing behind, also in a window that becomes narrower."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from custodiet.cli.redraw import Redrawn


class Terminal:
    """Folds lines into rows as wide as it is, and anew when it is resized; what was written stands in `lines`."""

    def __init__(self, width: int) -> None:
        self.console = Console(file=io.StringIO(), force_terminal=True, width=width, height=20, color_system=None)
        self.lines = ["plan"]
        self._at = 0

    def rows(self) -> int:
        return sum(max(1, -(-len(line) // self.console.width)) for line in self.lines)

    def take(self) -> None:
        """Do what was written since: lines, and going up so many rows and clearing from there."""
        file = self.console.file
        assert isinstance(file, io.StringIO)
        said, self._at = file.getvalue()[self._at :], len(file.getvalue())
        said = re.sub(r"\x1b\[\?25[lh]", "", said)  # the cursor is hidden meanwhile
        for up, text in re.findall(r"\r\x1b\[(\d+)A\x1b\[J|([^\x1b\r\n]*)\n", said):
            if up:
                keep = self.rows() - int(up)
                while self.rows() > keep:
                    self.lines.pop()
                assert self.rows() == keep, "it begins at a line"
            else:
                self.lines.append(text)


def view(*rows: tuple[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*map(Text, row))
    return table


@pytest.mark.parametrize("width", [60, 23, 11, 100])
def test_nothing_is_left_where_the_window_is_resized(width: int) -> None:
    terminal = Terminal(80)
    with Redrawn(terminal.console) as drawn:
        drawn.draw(view(("now", "trying 3 ports everywhere, once more those that kept silent"), ("time", "0:00:05")))
        terminal.take()
        assert terminal.lines[1:] == [
            "now   trying 3 ports everywhere, once more those that kept silent", "time  0:00:05",
        ]  # fmt: skip
        terminal.console.width = width
        drawn.draw(view(("now", "asking"), ("", "")))
        terminal.take()
        assert terminal.lines == ["plan", "now  asking", ""]
    terminal.take()
    assert terminal.lines == ["plan"]


def test_no_more_is_drawn_than_the_window_holds() -> None:
    terminal = Terminal(80)
    with Redrawn(terminal.console) as drawn:
        drawn.draw(view(*(("row", str(number)) for number in range(50))))
        terminal.take()
        assert terminal.lines[-1] == "row  18"

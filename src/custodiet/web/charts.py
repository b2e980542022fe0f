"""Bars drawn on the server: one small picture for each row of a table, so that a chart is its own table.

Words and numbers stand in the table, as text that grows and reflows like any other; the picture adds the proportion and
is hidden from who cannot see it. No colour stands in a picture: classes of the style sheet give it, also in the dark,
in print and in the colours that a reader's system forces.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

OUTCOMES = ("not_satisfied", "undetermined", "rest", "not_judged")
"""Parts of a bar from left to right."""

_WIDTH = 1000
_LEAST = 6
"""Width of a part that would else be too thin to be seen."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a chart."""

    label: str
    """For people."""
    question: str
    """What the list of devices is asked for these; empty: it cannot be."""
    devices: int
    parts: dict[str, int] = {}
    """Outcome -> how many of them."""


def bar(row: Bar, most: int) -> Markup:
    """The picture of a row.

    Args:
        row: what it stands for; without parts it has one colour.
        most: devices of the longest bar of the chart.
    """
    parts = {name: row.parts.get(name, 0) for name in OUTCOMES} if row.parts else {"plain": row.devices}
    at, drawn = 0, []
    for name, number in parts.items():
        if number:
            width = max(_LEAST, round(_WIDTH * number / max(1, most)))
            drawn.append(Markup('<rect class="{}" x="{}" y="0" width="{}" height="10"/>').format(name, at, width))
            at += width + 3  # a gap tells parts from one another also without colours
    ground = Markup('<rect class="ground" x="0" y="0" width="{}" height="10"/>').format(_WIDTH)
    frame = Markup('<svg class="bar-svg" viewBox="0 0 {} 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>')
    return frame.format(_WIDTH + 24, Markup("").join([ground, *drawn]))


def together(rows: Sequence[Bar]) -> Markup:
    """One bar of what several rows stand for."""
    parts = {name: number for row in rows for name, number in row.parts.items()}
    whole = Bar(label="", question="", devices=sum(row.devices for row in rows), parts=parts)
    return bar(whole, whole.devices)


def swatch(name: str) -> Markup:
    """The colour of a part, for the key."""
    drawn = Markup('<rect class="{}" x="1" y="1" width="8" height="8"/>').format(name)
    return Markup('<svg class="bar-svg" viewBox="0 0 10 10" aria-hidden="true">{}</svg>').format(drawn)


def longest(rows: Sequence[Bar]) -> int:
    """Devices of the longest bar."""
    return max((row.devices for row in rows), default=0)

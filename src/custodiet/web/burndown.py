"""How many sites still have devices that are not satisfied, each time it was concluded, against the day of the law.

Only what was concluded is drawn: each stands from the day it was judged for until the next, the last until today. What
was judged for a day that somebody chose says nothing of the days after it, so it ends with that day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

import msgspec
from markupsafe import Markup

from custodiet.report import words
from custodiet.web.estate import Estate
from custodiet.web.knowledge import known_of
from custodiet.web.progress import counts_of
from custodiet.web.store.models import Published

MOST = 100
"""Conclusions that are drawn, the latest."""

_WIDE, _HIGH, _LEFT, _TOP, _FOOT = 720.0, 190.0, 60.0, 40.0, 40.0
"""Width and height of the drawing, and the room for words around it, which are larger on a small screen."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """How it stood after one conclusion."""

    at: datetime
    """When it was published."""
    on: str
    """ISO 8601 date that was judged for."""
    sites: int
    """Sites with at least one device that is not satisfied."""
    of: int
    """Sites with devices."""
    devices: int
    """Devices that are not satisfied, those at no known site among them."""
    elsewhere: int
    """Of these, those at no known site."""


class Burndown(msgspec.Struct, frozen=True, kw_only=True):
    """How far a body is."""

    steps: tuple[Step, ...]
    """The oldest first."""
    deadline: str
    """ISO 8601 date by which the law first wants something done, as it was last concluded; empty: no day is known."""
    chosen: bool = False
    """Whether the last was judged for a day that somebody chose."""


def burndown_of(estate: Estate) -> Burndown:
    """From the rows that were kept each time something was published."""
    rows = list(estate.rows(Published).order_by("-number")[:MOST])[::-1]
    chosen = known_of(estate).chosen
    return Burndown(steps=tuple(map(_step, rows)), deadline=rows[-1].deadline if rows else "", chosen=chosen)


def _step(row: Published) -> Step:
    counts = counts_of(row)
    known = {site: told for site, told in counts.items() if site}
    return Step(
        at=row.at,
        on=row.on,
        sites=sum(bad > 0 for _, bad, _ in known.values()),
        of=len(known),
        devices=sum(bad for _, bad, _ in counts.values()),
        elsewhere=counts.get("", (0, 0, 0))[1],
    )


def picture(found: Burndown, title: str, deadline: str, today: str) -> Markup:
    """The steps as SVG, without style or script; nothing where there is no step with a site.

    Args:
        found: what to draw; the table beside it says the same.
        title: what it shows, in words.
        deadline: what the day of the law is called.
        today: ISO 8601 date to whose end the last step stands, unless its day was chosen.
    """
    steps = found.steps
    most = max((step.of for step in steps), default=0)
    if not most:
        return Markup()
    law, until = _midnight(found.deadline), _midnight(steps[-1].on if found.chosen else today)
    # what was judged for an earlier day stood so on that day; the line never turns back
    stood = list(accumulate((min(step.at, _midnight(step.on) or step.at) for step in steps), max))
    end = max(stood[-1], until + timedelta(days=1, seconds=-1)) if until else stood[-1]
    first, last = (min(stood[0], law), max(end, law)) if law else (stood[0], end)
    span = (last - first).total_seconds() or 1.0

    def across(moment: datetime) -> float:
        return _LEFT + (moment - first).total_seconds() / span * (_WIDE - 2 * _LEFT)

    def up(number: int) -> float:
        return _TOP + _HIGH * (1 - number / most)

    points = [(f"{across(at):.1f}", f"{up(step.sites):.1f}") for at, step in zip(stood, steps, strict=True)]
    path = "M{} {}".format(*points[0]) + "".join(f"H{x}V{y}" for x, y in points[1:])
    path += f"H{across(end):.1f}"
    marks = Markup("").join(Markup('<circle class="out" cx="{}" cy="{}" r="4"/>').format(x, y) for x, y in points)
    foot = _TOP + _HIGH
    parts = [
        Markup('<svg class="traffic" viewBox="0 0 {:g} {:g}" role="img" aria-labelledby="burndown-t">').format(
            _WIDE, foot + _FOOT
        ),
        Markup('<title id="burndown-t">{}</title>').format(title),
        Markup('<path class="axis" d="M{0:g} {1:g}V{2:g}H{3:g}"/>').format(_LEFT, _TOP, foot, _WIDE - _LEFT),
        _text(_LEFT - 8, up(most) + 5, str(most), "end"),
        _text(_LEFT - 8, foot + 5, "0", "end"),
        _text(_LEFT, foot + 28, words.day(first.date().isoformat()), "start"),
        _text(_WIDE - _LEFT, foot + 28, words.day(last.date().isoformat()), "end")
        if last.date() > first.date()
        else Markup(),
        Markup('<path class="axis" d="{}"/>').format(path),
        marks,
    ]
    if law:
        x = across(law)
        side = "end" if x > _WIDE / 2 else "start"
        parts.append(Markup('<path class="gap" d="M{0:.1f} {1:g}V{2:g}"/>').format(x, _TOP, foot))
        parts.append(_text(x, _TOP - 8, deadline, side))
    return Markup("").join([*parts, Markup("</svg>")])


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, text)


def _midnight(text: str) -> datetime | None:
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) if text else None

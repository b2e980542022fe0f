"""The picture of what a device sent outside and got from there over time: SVG that is made here and runs nothing.

Bars up are bytes out, bars down bytes in, on one scale. What looks like moving pictures carries a pattern and a word,
stretches in which nobody watched are hatched and named, and the axis tells days in words: no meaning hangs on colour.
Colours, and letters that stay readable on a small screen, are those of ``report.css``. No style and no script stands in
it, so that the page needs to allow none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeAlias

from markupsafe import Markup, escape

from custodiet.model import Egress
from custodiet.report import egress as told
from custodiet.report import words
from custodiet.report.egress_slices import Slice, gaps, length_of, slices
from custodiet.report.guard import anchor, plain
from custodiet.report.speech import gettext as _

_WIDE, _TOP, _BARS, _AXIS = 720.0, 60.0, 170.0, 44.0
"""Width, and heights of the lines of words above, the bars, and the axis below."""

_EMPTY = 56.0
"""Height of the bars where there are none."""

_LEAST = 3.0
"""A bar is never lower than this, so that a keep-alive beside a stream is still seen."""


Place: TypeAlias = Callable[[float], float]
"""From a moment to where it stands, left to right."""


def picture(egress: Egress, zone: tzinfo | None = None) -> Markup:
    """The picture as an SVG element, or nothing where no time is known, or so little that it is a single bar.

    Args:
        egress: of one device; only its peers outside are drawn.
        zone: of the axis; UTC without one.
    """
    found = slices(egress, told.MOST_SLICES)
    if len(found) < 2:
        return Markup()
    parts = _parts(egress, found, zone or UTC)
    return Markup("").join(parts)


def summary(egress: Egress, zone: tzinfo | None = None) -> str:
    """The picture in sentences, for people who do not see it."""
    found = slices(egress, told.MOST_SLICES)
    if not found:
        return ""
    length = told.pace(length_of(found))
    begin, end = words.clock(found[0].begin, zone), words.clock(found[-1].end, zone)
    parts = [_("Bytes out and in per {length}, from {begin} to {end}.").format(length=length, begin=begin, end=end)]
    tallest = max(found, key=lambda one: one.sent)
    if tallest.sent:
        parts.append(
            _("Most went out in the {length} from {moment}: {size}.").format(
                length=length, moment=words.clock(tallest.begin, zone), size=words.size(tallest.sent)
            )
        )
    else:
        clean = egress.spans and egress.spans == egress.clean
        parts.append(
            _("No bytes went out to an address outside while it was watched.")
            if clean
            else _("No bytes were seen to go outside; too little was seen to say that there were none.")
        )
    if video := sum(one.video for one in found):
        parts.append(_("{size} of what went out looks like moving pictures.").format(size=words.size(video)))
    if missing := gaps(egress):
        parts.append(
            _("Nobody watched in {stretches}: what went out then is not known.").format(
                stretches=words.count(len(missing), "stretch", "stretches")
            )
        )
    return " ".join(parts)


def _parts(egress: Egress, found: Sequence[Slice], zone: tzinfo) -> Iterator[Markup]:
    name = anchor("traffic", egress.asset)
    begin, end = found[0].begin, found[-1].end
    up, down = max(one.sent for one in found), max(one.into for one in found)
    room = _BARS if up or down else _EMPTY
    high = room * (up / (up + down) if up or down else 0.5)
    high = min(max(high, 24.0), room - 24.0)  # for small bars on either side
    middle, deep = _TOP + high, room - high
    scale = min(high / up if up else math.inf, deep / down if down else math.inf)

    def at(moment: float) -> float:
        return (min(max(moment, begin), end) - begin) / (end - begin) * _WIDE

    def bars(of: Iterable[tuple[Slice, float, float]]) -> str:
        """One path for all bars of a kind: (slice, y of its foot, signed height)."""
        path = []
        for one, foot, height in of:
            left, right = at(one.begin), at(one.end)
            inset = min(1.0, (right - left) / 8)
            path.append(f"M{left + inset:.1f} {foot:.1f}v{-height:.1f}h{right - left - 2 * inset:.1f}v{height:.1f}z")
        return "".join(path)

    def tall(number: int, most: float) -> float:
        return min(max(number * scale, _LEAST), most) if number else 0.0

    out = bars((one, middle, tall(one.out, high)) for one in found if one.out)
    video = bars((one, middle - tall(one.out, high), tall(one.video, high)) for one in found if one.video)
    into = bars((one, middle, -tall(one.into, deep)) for one in found if one.into)
    missing = gaps(egress)
    foot = _TOP + room
    height = foot + _AXIS
    yield Markup(
        '<svg class="traffic" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t" aria-describedby="{}-d">'
    ).format(f"{_WIDE:g}", f"{height:g}", name, name)
    yield Markup('<title id="{}-t">{}</title><desc id="{}-d">{}</desc>').format(
        name,
        _("Traffic of {device} with the outside over time").format(device=plain(egress.label, 250)),
        name,
        plain(summary(egress, zone)),
    )
    yield Markup(
        '<defs><pattern id="{0}-v" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="video-ground" width="6" height="6"/><rect class="video-line" width="3" height="6"/></pattern>'
        '<pattern id="{0}-g" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
        '<rect class="gap-line" width="1.6" height="9"/></pattern></defs>'
    ).format(name)
    for since, until in missing:
        yield _box(at(since), _TOP, max(at(until) - at(since), 2.0), room, name)
    for kind, path in (("out", out), ("in", into)):
        if path:
            yield Markup('<path class="{}" d="{}"/>').format(kind, path)
    if video:
        yield Markup('<path class="video" fill="url(#{}-v)" d="{}"/>').format(name, video)
    yield Markup('<path class="axis" d="M0 {0}H{1}"/>').format(f"{middle:.1f}", f"{_WIDE:g}")
    yield from _words(found, up, down, bool(video), at)
    if missing:
        widest = max(missing, key=lambda gap: gap[1] - gap[0])
        yield _text((at(widest[0]) + at(widest[1])) / 2, _TOP + max(22.0, high * 0.5), _("not watched"), "gap-word")
    yield from _axis(begin, end, foot, zone, at)
    yield Markup("</svg>")


def _box(x: float, y: float, width: float, height: float, name: str) -> Markup:
    box = Markup('<rect class="gap" fill="url(#{}-g)" x="{}" y="{}" width="{}" height="{}"/>')
    return box.format(name, f"{x:.1f}", f"{y:g}", f"{width:.1f}", f"{height:g}")


def _text(x: float, y: float, text: str, kind: str = "") -> Markup:
    """Words that stay inside the picture wherever they belong."""
    anchored = "start" if x < _WIDE * 0.2 else "end" if x > _WIDE * 0.8 else "middle"
    shown = Markup('<text x="{}" y="{}" text-anchor="{}" class="{}">{}</text>')
    return shown.format(f"{min(max(x, 2), _WIDE - 2):.1f}", f"{y:.1f}", anchored, kind, escape(plain(text, 80)))


def _words(found: Sequence[Slice], up: int, down: int, video: bool, at: Place) -> Iterator[Markup]:
    """The line above: what the tallest bars are, and the word at what looks like video."""
    length = told.pace(length_of(found))
    most = _("most {size} in {length}").format(size=words.size(up), length=length) if up else _("nothing seen")
    yield _text(2, 24, "\N{UPWARDS ARROW} " + _("out: {size}").format(size=most))
    most = f"{words.size(down)}" if down else _("nothing seen")
    yield _text(_WIDE - 2, 24, "\N{DOWNWARDS ARROW} " + _("in: {size}").format(size=most))
    if video:
        tallest = max(found, key=lambda one: one.video)
        middle = (tallest.begin + tallest.end) / 2
        yield _text(at(middle), _TOP - 6, _("video-sized"), "video-word")


def _axis(begin: float, end: float, foot: float, zone: tzinfo, at: Place) -> Iterator[Markup]:
    """When it begins and ends, and the midnights between as far as there is room."""
    yield Markup('<path class="tick" d="M1 {0}v8M{1} {0}v8"/>').format(f"{foot:g}", f"{_WIDE - 1:g}")
    if words.clock(begin, zone) == words.clock(end, zone):  # within one minute, which is said once
        yield _text(_WIDE / 2, foot + 32, words.clock(begin, zone))
        return
    # the day without its year where the other end of the axis has it
    yield _text(2, foot + 32, words.clock(begin, zone).rpartition(" ")[0])
    yield _text(_WIDE - 2, foot + 32, f"{_day(end, zone)} {words.clock(end, zone).split(' ', 3)[-1]}".strip())
    inner = [moment for moment in _midnights(begin, end, zone) if 0.27 <= at(moment) / _WIDE <= 0.70]
    step = math.ceil(len(inner) / 2) or 1
    for moment in inner[::step]:
        x = at(moment)
        yield Markup('<path class="tick" d="M{0} {1}v8"/>').format(f"{x:.1f}", f"{foot:g}")
        yield _text(x, foot + 32, _day(moment, zone), "" if len(inner) == 1 and 0.42 <= x / _WIDE <= 0.57 else "some")


def _day(moment: float, zone: tzinfo) -> str:
    """The day of a moment, without its year."""
    found = words.utc(moment)
    return "" if found is None else words.day(found.astimezone(zone).date().isoformat()).rpartition(" ")[0]


def _midnights(begin: float, end: float, zone: tzinfo) -> Iterator[float]:
    first = words.utc(begin)
    if first is None:
        return
    local = first.astimezone(zone)
    day = datetime(local.year, local.month, local.day, tzinfo=zone)
    try:
        for _ in range(4000):
            day += timedelta(days=1)
            if day.timestamp() >= end:
                return
            yield day.timestamp()
    except OverflowError:
        return

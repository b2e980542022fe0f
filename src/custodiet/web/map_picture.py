"""The map of sites as a picture that needs no script: what a template draws, in the projection of Mercator.

Words and numbers stand in the template. How a site stands is told by the shape of its mark and by words beside it, and
by colour only besides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec
from markupsafe import Markup

from custodiet.model import Position
from custodiet.web.basemap import Box, Layers, Line, layers, points
from custodiet.web.site_places import Pin

WIDE, HIGH = 960, 540
_LEAST = 1.1
"""Degrees from west to east that are shown at least, so that there is something around a single site."""
_MARGIN = 0.16
"""Share of the picture left free on each side of the outermost sites."""
_NORTHMOST = 85.0
"""Where Mercator's map ends."""
_PARTS = 40.0
"""Degrees from west to east beyond which the parts of countries are not told."""
_NAMES = 24
"""Places that are named at most."""
_NEAR = 0.8
"""A point nearer to the one before is left out."""
_BEYOND = 12
"""How far beyond its edge the picture is drawn, so that no edge of an area is seen."""

MARKS = {
    "not_satisfied": Markup('<path d="M0-13 13 10H-13Z"/><path class="sign" d="M0-5V3M0 6V7.4"/>'),
    "undetermined": Markup(
        '<path d="M0-13 13 0 0 13-13 0Z"/><path class="sign" d="M-3.4-3a3.5 3 0 1 1 3.4 4V3M0 6V7.4"/>'
    ),
    "rest": Markup('<circle r="11"/><path class="sign" d="M-5 0-1.5 4 5-4"/>'),
    "not_judged": Markup('<path d="M-10-10H10V10H-10Z"/><path class="sign" d="M-5 0H5"/>'),
    "none": Markup('<circle r="7"/>'),
    "theirs": Markup('<path d="M-13 0Q0-14 13 0 0 14-13 0Z"/><circle class="sign" r="3.4"/>'),
}
"""How a site, or a device on a plan, stands -> its mark, around its place."""

_Spot = tuple[float, float]


class Named(NamedTuple):
    """A place with its name in the picture."""

    x: float
    y: float
    name: str


class Marked(NamedTuple):
    """A site in the picture."""

    x: float
    y: float
    pin: Pin
    side: str
    """Where its name stands: ``start`` (right of it), ``end`` (left), or empty: there is no room for it."""


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """All that is drawn."""

    land: Markup
    lakes: Markup
    provinces: Markup
    borders: Markup
    places: list[Named]
    sites: list[Marked]
    """The worst last, so that nothing lies over it."""


class _Frame:
    """From degrees to the picture."""

    def __init__(self, positions: Sequence[Position]) -> None:
        across = [one.longitude for one in positions]
        up = [_mercator(one.latitude) for one in positions]
        x, y = (min(across) + max(across)) / 2, (min(up) + max(up)) / 2
        room = 1 - 2 * _MARGIN
        wide = max((max(across) - min(across)) / room, (max(up) - min(up)) / room * WIDE / HIGH, _LEAST)
        self._each = WIDE / wide
        self._x, self._y = x - WIDE / self._each / 2, y + HIGH / self._each / 2
        self.box = Box(
            west=self._x,
            east=self._x + WIDE / self._each,
            south=_latitude(self._y - HIGH / self._each),
            north=_latitude(self._y),
        )

    def spot(self, longitude: float, latitude: float) -> _Spot:
        """Where a place stands in the picture."""
        return (longitude - self._x) * self._each, (self._y - _mercator(latitude)) * self._each

    def line(self, line: Line) -> list[_Spot]:
        """The spots of a line."""
        return [self.spot(x, y) for x, y in points(line)]


def drawn(found: Iterable[Pin]) -> Drawn | None:
    """The picture of the sites of which is known where they are; none where that is none of them."""
    there = [(pin, pin.position) for pin in found if pin.position is not None]
    if not there:
        return None
    frame = _Frame([position for _, position in there])
    ground = layers(frame.box)
    taken: list[tuple[float, float, float, float]] = []
    marks = [(frame.spot(at.longitude, at.latitude), pin) for pin, at in there]
    taken += [(x - 14, y - 14, x + 14, y + 14) for (x, y), _ in marks]
    sites = [Marked(x, y, pin, _side(x, y, pin.name, taken)) for (x, y), pin in marks]
    return Drawn(
        land=_areas(frame, (one.land for one in ground)),
        lakes=_areas(frame, (one.lakes for one in ground)),
        provinces=_lines(frame, (one.provinces for one in ground if frame.box.east - frame.box.west < _PARTS)),
        borders=_lines(frame, (one.borders for one in ground)),
        places=list(_places(frame, ground, taken)),
        sites=sites[::-1],
    )


def _side(x: float, y: float, name: str, taken: list[tuple[float, float, float, float]]) -> str:
    width = 9 * min(len(name), 40)
    for side, begin in (("start", x + 18), ("end", x - 18 - width)):
        box = (begin, y - 11, begin + width, y + 13)
        if box[0] >= 0 and box[2] <= WIDE and not any(_over(box, other) for other in taken):
            taken.append(box)
            return side
    return ""


def _places(frame: _Frame, ground: Sequence[Layers], taken: list[tuple[float, float, float, float]]) -> Iterator[Named]:
    count = 0
    for x, y, name, _people in sorted((one for file in ground for one in file.places), key=lambda one: -one[3]):
        across, down = frame.spot(x / 1000, y / 1000)
        box = (across - 8, down - 12, across + 12 + 7.5 * len(name), down + 10)
        if box[0] >= 0 and box[2] <= WIDE and box[1] >= 0 and box[3] <= HIGH:
            if any(_over(box, other) for other in taken):
                continue
            taken.append(box)
            count += 1
            yield Named(across, down, name)
        if count == _NAMES:
            return


def _over(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _areas(frame: _Frame, found: Iterable[list[list[Line]]]) -> Markup:
    rings = (_inside(frame.line(ring)) for areas in found for area in areas for ring in area)
    return _path(rings, "Z")


def _lines(frame: _Frame, found: Iterable[list[Line]]) -> Markup:
    return _path((part for lines in found for line in lines for part in _stretches(frame.line(line))), "")


def _path(lines: Iterable[list[_Spot]], end: str) -> Markup:
    """Lines as the data of a path, without points that nobody could tell from the one before."""
    told: list[str] = []
    for line in filter(None, lines):
        kept = [line[0]]
        for spot in line[1:]:
            if math.dist(spot, kept[-1]) >= _NEAR:
                kept.append(spot)
        if len(kept) > 1:
            told.append("M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in kept) + end)
    return Markup("".join(told))  # noqa: S704 (numbers of ours)


def _stretches(line: list[_Spot]) -> Iterator[list[_Spot]]:
    """What of a line may be seen."""
    stretch: list[_Spot] = []
    for before, here in pairwise(line):
        (left, right), (top, low) = sorted((before[0], here[0])), sorted((before[1], here[1]))
        if right >= 0 and left <= WIDE and low >= 0 and top <= HIGH:
            stretch = stretch or [before]
            stretch.append(here)
        elif stretch:
            yield stretch
            stretch = []
    yield stretch


def _inside(ring: list[_Spot]) -> list[_Spot]:
    """What of an area lies in the picture and a little around it (Sutherland and Hodgman)."""
    for axis, bound, sign in ((0, -_BEYOND, 1), (1, -_BEYOND, 1), (0, WIDE + _BEYOND, -1), (1, HIGH + _BEYOND, -1)):
        cut: list[_Spot] = []
        before = ring[-1] if ring else (0.0, 0.0)
        for here in ring:
            was, is_ = sign * (before[axis] - bound) >= 0, sign * (here[axis] - bound) >= 0
            if was != is_:
                share = (bound - before[axis]) / (here[axis] - before[axis])
                cut.append((before[0] + share * (here[0] - before[0]), before[1] + share * (here[1] - before[1])))
            if is_:
                cut.append(here)
            before = here
        ring = cut
    return ring


def _mercator(latitude: float) -> float:
    bounded = max(-_NORTHMOST, min(_NORTHMOST, latitude))
    return math.degrees(math.asinh(math.tan(math.radians(bounded))))


def _latitude(up: float) -> float:
    return math.degrees(math.atan(math.sinh(math.radians(up))))

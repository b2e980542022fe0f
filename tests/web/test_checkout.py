"""A case that is made again of the tables of a body is the case that was put there."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from story import camera_capture, custodiet


def held(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a case, with their places."""
    with sqlite3.connect(path) as db:
        tables = dict(
            db.execute("select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite%'")
        )
        rows = {
            name: sorted(db.execute(f"select {'' if 'without rowid' in sql else 'rowid,'} * from {name}").fetchall())
            for name, sql in tables.items()
            if name != "membership"  # its places mean nothing
        }
        rows["membership"] = sorted(db.execute("select * from membership").fetchall())
    db.close()
    return rows


def of_body(id: str) -> dict[str, list[Any]]:
    """All rows of a body in the tables of the web, but for when they were put there."""
    from custodiet.web.generation import ADDED
    from custodiet.web.publish import DECIDED, WHOLE
    from custodiet.web.store import models

    tables = [model for _, model in (DECIDED, *WHOLE)] + [model for _, model, _ in ADDED]
    found = {model.__name__: sorted(map(repr, model.objects.filter(body=id).values_list())) for model in tables}
    devices = models.Device.objects.filter(body=id).values()
    found["Device"] = sorted(repr({**row, "generation": 0}) for row in devices)
    body = models.Body.objects.get(id=id)
    return found | {"body": [body.name, body.on, bytes(body.assessment)]}


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with flows, a table with issues, and a decision of people."""
    from custodiet.casefile import Case

    folder = tmp_path_factory.mktemp("talking")
    (folder / "camera.pcap").write_bytes(camera_capture())
    (folder / "register.csv").write_text("Objectnr;Merk;MAC-adres\nA-1;HiLook;no address\nA-2;Axis;00:40:8c:01:02:03\n")
    case = folder / "case.sqlite"
    told = custodiet("audit", folder / "camera.pcap", folder / "register.csv", "--case", case, "--quiet")
    assert told.code in (0, 3, 4), told.err
    with Case(case) as opened:
        opened.decide("apart", "a/1", "b/2", "me@example.org", "2025-12-01", "two labels")
    return case


def test_a_case_is_made_again_of_the_tables(web: None, talking: Path, tmp_path: Path) -> None:
    from custodiet.web.checkout import checkout
    from custodiet.web.knowledge import catalog
    from custodiet.web.publish import publish
    from custodiet.web.store.models import Body

    body = Body.objects.create(id="talking", name="Talking")
    publish(talking, body, catalog())
    again = tmp_path / "again.sqlite"
    checkout(body, again)
    before = held(talking)
    assert before["flow"] and before["issue"] and before["decision"] and before["asset"] and before["observation"]
    # what is packed may be packed otherwise: what it says is compared below, by the tables
    packed = {"asset", "tally", "source"}
    assert {name: rows for name, rows in held(again).items() if name not in packed} == {
        name: rows for name, rows in before.items() if name not in packed
    }
    assert [row[0] for row in held(again)["asset"]] == [row[0] for row in before["asset"]]
    published = of_body("talking")
    assert published["Device"] and published["Flow"]
    publish(again, body, catalog())
    assert of_body("talking") == published


def test_a_body_without_anything_becomes_an_empty_case(web: None, tmp_path: Path) -> None:
    from custodiet.web.checkout import checkout
    from custodiet.web.store.models import Body

    checkout(Body.objects.create(id="new", name="New"), tmp_path / "case.sqlite")
    assert not any(held(tmp_path / "case.sqlite").values())


def test_what_is_broken_off_leaves_no_case(web: None, tmp_path: Path) -> None:
    from custodiet.web.checkout import checkout
    from custodiet.web.store.models import Body

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checkout(Body.objects.get(id="waterdorp"), tmp_path / "case.sqlite", stop)
    assert not (tmp_path / "case.sqlite").exists()


def test_a_journal_that_was_left_behind_is_not_played_back(web: None, tmp_path: Path) -> None:
    from custodiet.web.checkout import checkout
    from custodiet.web.store.models import Body

    case, body = tmp_path / "case.sqlite", Body.objects.get(id="waterdorp")
    checkout(body, case)
    for name in ("case.sqlite-journal", "case.sqlite.part-journal", "case.sqlite.part"):
        (tmp_path / name).write_bytes(b"of another file")
    checkout(body, case)
    assert [path.name for path in tmp_path.iterdir()] == ["case.sqlite"]
    assert held(case)["observation"]


def test_another_case_of_the_body_takes_the_place_of_the_first(
    web: None, talking: Path, cases: dict[str, Path]
) -> None:
    from custodiet.web.knowledge import catalog
    from custodiet.web.publish import publish
    from custodiet.web.store.models import Body

    body = Body.objects.create(id="either", name="Either")
    publish(cases["waterdorp"], body, catalog())
    only = of_body("either")
    publish(talking, body, catalog())
    publish(cases["waterdorp"], body, catalog())
    assert only == {**of_body("either"), "Decided": only["Decided"]}
    assert of_body("either")["Decided"]


def test_a_case_that_is_shown_undoes_nothing_that_was_brought_in(
    web: None, talking: Path, cases: dict[str, Path], tmp_path: Path
) -> None:
    import shutil

    from custodiet.errors import UsageError
    from custodiet.web.first import put_case

    sites = cases["waterdorp"].parent / "sites.yml"
    for name in ("more", "other"):
        (tmp_path / f"{name}.csv").write_text(f"Objectnr;Merk;IP-adres\n{name};Axis;10.8.0.1\n")
        shutil.copy(cases["waterdorp"], tmp_path / f"{name}.sqlite")
        told = custodiet(
            "audit", tmp_path / f"{name}.csv", "--sites", sites, "--case", tmp_path / f"{name}.sqlite", "--quiet"
        )
        assert told.code in (0, 3, 4), told.err
    assert put_case(tmp_path / "more.sqlite") == "waterdorp"
    more = of_body("waterdorp")
    assert len(more["Device"]) == 4
    assert put_case(cases["waterdorp"]) == "waterdorp"
    assert of_body("waterdorp") == more
    with pytest.raises(UsageError, match="each hold files"):
        put_case(tmp_path / "other.sqlite")
    assert of_body("waterdorp") == more

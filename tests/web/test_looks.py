"""What a device looks at is said by people, takes the place of the sites file, and reaches the judging and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custodiet.model import Asset, Body, Decision, DeviceNote, Entry, Identifier, Site
from story import custodiet

HERE = "/b/waterdorp/"
WATCHED = "large-scale-monitoring-of-a-public-area"
"""A question that is also asked of what a device looks at."""


def device(client: Any, tag: str = "W-3") -> str:
    """Id of a device by its tag in the register: this one hangs at no known site."""
    rows = client.get(f"{HERE}devices/?as=json&q={tag}").json()["rows"]
    return str(rows[0]["id"])


def say(client: Any, id: str, **told: str) -> Any:
    return client.post(f"{HERE}devices/{id}/looks-at/", {"site": "stadhuis", "reason": "seen on its picture"} | told)


def test_it_is_said_with_a_reason_shown_at_both_ends_and_taken_back(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Logged

    client = person("decider")
    id = device(client)
    answer = say(client, id)
    assert (answer.status_code, answer["Location"]) == (302, f"{HERE}devices/{id}/#views")
    page = client.get(f"{HERE}devices/{id}/").content.decode()
    assert "seen on its picture" in page and "last judged before this was said" in page
    (watcher,) = client.get(f"{HERE}sites/stadhuis/?as=json").json()["watchers"]
    assert (watcher["device"], watcher["known"]) == (id, True)
    assert re.fullmatch(r"decider \(decider\d+@example\.org\)", watcher["said_by"])
    assert "Devices elsewhere that look at it" in client.get(f"{HERE}sites/stadhuis/").content.decode()
    assert say(client, id, looks="false", reason="it was turned").status_code == 302
    views = client.get(f"{HERE}devices/{id}/?as=json").json()["people"]["views"]
    assert views["seen"] == [] and views["withdrawn"][0]["reason"] == "it was turned"
    assert client.get(f"{HERE}sites/stadhuis/?as=json").json()["watchers"] == []
    rows = Logged.objects.exclude(what="looked at").order_by("-number")
    told = list(rows.values_list("what", "about", "why")[:2])
    assert told == [("view withdrawn", id, "it was turned"), ("view stated", id, "seen on its picture")]


def test_who_may_not_decide_may_not_say_it(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import InView

    for role in ("viewer", "editor", "auditor"):
        client = person(role)
        id = device(client)
        assert say(client, id).status_code == 404
        assert "looks-at" not in client.get(f"{HERE}devices/{id}/").content.decode()
    client = person("decider")
    assert say(client, id, site="geheimhuis").status_code == 400
    assert say(client, id, reason="").status_code == 400
    assert say(client, "no-such").status_code == 404
    assert not InView.objects.exists()


def test_devices_are_judged_by_it_until_it_is_taken_back(person: Callable[..., Any], tmp_path: Path) -> None:
    from custodiet.web.estate import Estate
    from custodiet.web.jobs.work import work_once
    from custodiet.web.store.models import Body as Row

    def judged() -> list[tuple[str, tuple[str, ...], str]]:
        assert client.post(f"{HERE}judge-again/").status_code == 302
        job = work_once(tmp_path, pulse=False)
        assert job is not None
        job.refresh_from_db()
        assert job.state == "done", job.reason
        head = Estate(Row.objects.get(id="waterdorp")).assessment()
        assert head is not None and head.body is not None
        return [(note.tag or note.ip, note.looks_at, note.decided_by) for note in head.body.devices]

    client = person("decider")
    id = device(client)
    say(client, id)
    assert judged() == [("W-3", ("stadhuis",), "decider")]
    views = client.get(f"{HERE}devices/{id}/?as=json").json()["people"]["views"]
    assert not views["judged_before"] and len(views["seen"]) == 1
    assert len(client.get(f"{HERE}sites/stadhuis/?as=json").json()["watchers"]) == 1
    say(client, id, looks="false", reason="turned")
    assert judged() == []


def _look(device: str, site: str, *, looks: bool = True) -> Any:
    pytest.importorskip("django")
    from custodiet.web.looks import Look

    at = datetime(2026, 1, 1, tzinfo=UTC)
    fields = {"label": "", "reason": "x", "said_by": "Anna", "who": "a@example.org", "at": at}
    return Look(device=device, site=site, looks=looks, **fields)


def test_what_is_said_here_takes_the_place_of_the_sites_file(web: None) -> None:
    from custodiet.web.looks import with_looks

    def named(kind: str, value: str) -> Asset:
        sure = Identifier(kind=kind, value=value, identity=True)
        loose = Identifier(kind="ip", value="10.0.0.9", identity=False)
        return Asset(id=value, label=value, subjects=(), identifiers=(loose, sure))

    assets = {"S1": named("serial", "S1"), "S2": named("serial", "S2")}
    first = DeviceNote(serial="s-1", looks_at=("hall", "park"), decided_by="guard", decided_on="2025")
    second = DeviceNote(serial="S2", looks_at=("hall",))
    sites = (Site(id="hall", name="Hall"), Site(id="park", name="Park"))
    body = Body(id="b", name="B", kind="k", country="NL", sites=sites, devices=(first, second))
    after = with_looks(
        body,
        [_look("S1", "hall", looks=False), _look("S2", "hall"), _look("S2", "gone"), _look("S3", "hall")],
        assets,
    )
    assert [(note.serial, note.looks_at, note.decided_by) for note in after.devices] == [
        ("s-1", ("park",), "guard"),
        ("S2", ("hall",), "Anna"),
    ]
    assert with_looks(after, [_look("S1", "hall", looks=False), _look("S2", "hall")], assets) == after
    assert with_looks(body, [], {}) == body


def test_the_command_line_judges_by_the_sites_file(tmp_path: Path) -> None:
    """A camera at the depot that looks at a ministry, which is a place of others."""
    (tmp_path / "register.csv").write_text(
        "Objectnr;Omschrijving;Merk;Type;IP-adres;Locatie;Geplaatst op\r\n"
        "W-1;Dome camera;Hikvision;DS-2CD2143G2-I;10.0.0.5;Depot;12-06-2023\r\n"
        "W-2;Dome camera;Hikvision;DS-2CD2143G2-I;10.0.0.6;Depot;12-06-2023\r\n",
        encoding="utf-8",
    )
    no = "{ answer: no, decided_by: s, decided_on: 2022-11-28 }"
    limbs = (
        "holds-secret-or-above-routinely",
        "significant-share-dv-cleared",
        "routinely-used-by-ministers",
        "socpa-2005-government-location",
    )
    (tmp_path / "sites.yml").write_text(
        "id: d\nname: Department\nkind: uk-central-department\ncountry: GB\n"
        f"sites: [{{ id: depot, name: Depot, facts: {{ {', '.join(f'{limb}: {no}' for limb in limbs)} }} }}]\n"
        "others: [{ id: ministry, name: The Ministry, facts: { routinely-used-by-ministers: "
        "{ answer: yes, decided_by: s, decided_on: 2022-11-28 } } }]\n"
        "devices: [{ tag: W-1, looks_at: [ministry], decided_by: guard, decided_on: 2023-06-12 }]\n"
    )
    told = custodiet(
        "audit", tmp_path / "register.csv", "--sites", tmp_path / "sites.yml", "--on", "2025-12-01",
        "--directive", "uk-co-removal-timeline-2024-04-29", "--case", tmp_path / "case.sqlite", "--quiet",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert told.code in (0, 3, 4), told.err
    read = msgspec.json.decode((tmp_path / "out" / "assessment.json").read_bytes())
    assert read["body"]["devices"][0]["looks_at"] == ["ministry"]
    entries = msgspec.convert(read["entries"], list[Entry])
    said = {
        one.value: next(f for f in entry.findings if f.requirement == "remove-by")
        for entry in entries
        for one in entry.asset.identifiers
        if one.kind == "tag"
    }
    assert (said["W-1"].outcome, said["W-2"].outcome) == ("overdue", "out of scope")
    assert "it looks at The Ministry" in said["W-1"].because
    (place,) = [one for one in said["W-1"].answers if one.question == "place"]
    assert "note:looks_at=ministry (guard, 2023-06-12)" in place.evidence


def test_a_place_of_others_is_listed_and_answered_and_has_no_plans(person: Callable[..., Any]) -> None:
    from custodiet.web.estate import Estate
    from custodiet.web.store.models import Body as Row

    row = Row.objects.get(id="waterdorp")
    head = Estate(row).assessment()
    assert head is not None and head.body is not None
    ministry = Site(id="ministry", name="The Ministry", facts={WATCHED: Decision(answer="no")})
    body = msgspec.structs.replace(head.body, others=(ministry,))
    row.assessment = msgspec.msgpack.encode(msgspec.structs.replace(head, body=body))
    row.published = datetime.now(UTC)
    row.save()
    client = person("decider")
    assert [one["name"] for one in client.get(f"{HERE}sites/?as=json").json()["others"]] == ["The Ministry"]
    page = client.get(f"{HERE}sites/ministry/").content.decode()
    assert "A place of others" in page and "plans/add/" not in page and "site-place" in page
    assert client.post(f"{HERE}sites/ministry/plans/add/", {"name": "x"}).status_code == 404
    told = {"site": "ministry", "condition": WATCHED, "answer": "yes", "reason": "they said so"}
    assert client.post(f"{HERE}site-decision/", told).status_code == 302
    id = device(client)
    assert say(client, id, site="ministry").status_code == 302
    (watcher,) = client.get(f"{HERE}sites/ministry/?as=json").json()["watchers"]
    assert watcher["device"] == id

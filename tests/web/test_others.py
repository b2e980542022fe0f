"""Places of others: named in the browser, answered, placed, taken over from a file, and counted when devices look."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from web.working import bring_in, judge_again

NEW = "/b/stad/"
REGISTER = (
    "Objectnr;Omschrijving;Merk;Type;IP-adres;Locatie;Geplaatst op\r\n"
    "W-1;Dome camera;Hikvision;DS-2CD2143G2-I;10.0.0.5;Depot;12-06-2023\r\n"
    "W-2;Dome camera;Hikvision;DS-2CD2143G2-I;10.0.0.6;Depot;12-06-2023\r\n"
)
LIMBS = (
    "holds-secret-or-above-routinely",
    "significant-share-dv-cleared",
    "routinely-used-by-ministers",
    "socpa-2005-government-location",
)


@pytest.fixture
def decider(person: Callable[..., Any]) -> Any:
    from custodiet.web.store.models import Body

    Body.objects.create(id="stad", name="Stad", country="GB", kind="uk-central-department")
    return person("decider", "stad")


def _ok(client: Any, deed: str, **fields: Any) -> str:
    answer = client.post(f"{NEW}{deed}/", fields)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    return str(answer["Location"])


def _told(client: Any, page: str) -> Any:
    return client.get(f"{NEW}{page}?as=json").json()


def _work(folder: Path, *, register: bool) -> None:
    """What a worker does: read the register, or judge anew."""
    if register:
        bring_in(folder, "stad", REGISTER)
    else:
        judge_again(folder, "stad")


@pytest.fixture
def imported(decider: Any, tmp_path: Path) -> Any:
    """A department with two cameras at a depot of which every question has the answer no."""
    _ok(decider, "site-add", name="Depot")
    _work(tmp_path, register=True)
    for limb in LIMBS:
        _ok(decider, "site-decision", site="depot", condition=limb, answer="no", reason="a shed")
    return decider


def _overdue() -> set[str]:
    from custodiet.web.estate import entry_of
    from custodiet.web.store.models import Device

    return {
        one.value
        for entry in map(entry_of, Device.objects.filter(body="stad"))
        for one in entry.asset.identifiers
        if one.kind == "tag" and any(found.outcome == "overdue" for found in entry.findings)
    }


def test_a_camera_that_faces_a_ministry_named_in_the_browser_counts_for_it(imported: Any, tmp_path: Path) -> None:
    client = imported
    id = client.get(f"{NEW}devices/?as=json&q=W-1").json()["rows"][0]["id"]
    page = client.get(f"{NEW}devices/{id}/").content.decode()
    assert 'id="view-name"' in page and "A place of others: what it is, and whose" in page
    _ok(client, f"devices/{id}/looks-at", name="The ministry", reason="it is in the picture")
    (place,) = _told(client, "sites/")["others"]
    assert place["name"] == "The ministry" and place["undecided"] >= len(LIMBS)
    _work(tmp_path, register=False)
    assert _overdue() == set()
    _ok(client, "site-decision", site=place["id"], condition=LIMBS[2], answer="yes", reason="the secretary of state")
    _work(tmp_path, register=False)
    assert _overdue() == {"W-1"}
    # judged once more from what was concluded: nothing comes twice; taken back, it counts no more
    _ok(client, f"devices/{id}/looks-at", site=place["id"], looks="false", reason="turned")
    _work(tmp_path, register=False)
    assert _overdue() == set() and len(_told(client, "sites/")["others"]) == 1


def test_of_a_place_of_others_only_what_can_count_is_asked(imported: Any) -> None:
    from custodiet.web.knowledge import catalog
    from custodiet.web.store.models import SiteDecision

    client, known = imported, catalog().directives.values()
    _ok(client, "site-add", name="Ministry", theirs="true")
    limbs = _told(client, "sites/ministry/")["limbs"]
    in_view = {condition for one in known for sentence in one.requirements for condition in sentence.in_view}
    assert set(LIMBS) <= {limb["condition"] for limb in limbs} <= in_view and all(limb["counts"] for limb in limbs)
    assert {limb["condition"] for limb in _told(client, "sites/depot/")["limbs"]} > set(LIMBS)
    assert "also asks of what devices look at" in client.get(f"{NEW}sites/ministry/").content.decode()
    other = next(c for one in _told(client, "sites/depot/")["limbs"] if (c := one["condition"]) and c not in in_view)
    told = {"site": "ministry", "condition": other, "answer": "yes", "reason": "x"}
    assert client.post(f"{NEW}site-decision/", told).status_code == 400
    # an answer that was given before is told, and that it does nothing
    row = SiteDecision.objects.filter(body="stad").values().first()
    assert row is not None
    SiteDecision.objects.create(**row | {"number": None, "site": "ministry", "condition": other})
    assert [limb["counts"] for limb in _told(client, "sites/ministry/")["limbs"]].count(False) == 1
    page = client.get(f"{NEW}sites/ministry/").content.decode()
    assert "This answer does nothing" in page and page.count("Record the answer") == len(limbs)
    assert client.post(f"{NEW}site-decision/", told).status_code == 400


def test_where_nothing_is_asked_of_what_devices_look_at_the_page_says_so(decider: Any) -> None:
    _ok(decider, "site-add", name="Ministry", theirs="true")
    page = decider.get(f"{NEW}sites/ministry/").content.decode()
    assert "asks anything of what devices look at" in page and "Record the answer" not in page


def test_a_name_that_is_there_already_is_that_place(imported: Any) -> None:
    client = imported
    _ok(client, "site-add", name="Ministry", theirs="true")
    id = client.get(f"{NEW}devices/?as=json&q=W-1").json()["rows"][0]["id"]
    _ok(client, f"devices/{id}/looks-at", name=" MINISTRY ", reason="seen")
    assert [one["id"] for one in _told(client, "sites/")["others"]] == ["ministry"]
    assert client.post(f"{NEW}devices/{id}/looks-at/", {"name": "Depot", "reason": "x"}).status_code == 400
    assert client.post(f"{NEW}devices/{id}/looks-at/", {"reason": "x"}).status_code == 400


def test_it_is_added_renamed_placed_on_the_map_and_taken_away(decider: Any) -> None:
    import lxml.html

    from custodiet.web.store.models import Logged

    client = decider
    assert _ok(client, "site-add", name="Ministry", theirs="true") == f"{NEW}sites/ministry/"
    page = client.get(f"{NEW}sites/ministry/").content.decode()
    assert "A place of others" in page and "zone-set" not in page and "plans/add/" not in page
    _ok(client, "site-change", site="ministry", name="Ministry of Justice")
    _ok(client, "site-place", site="ministry", latitude="52.08", longitude="4.32")
    told = _told(client, "map/")
    assert told["shown"] == [] and [one["name"] for one in told["others"]] == ["Ministry of Justice"]
    tree = lxml.html.fromstring(client.get(f"{NEW}map/").content)
    (mark,) = tree.xpath("//figure//a")
    assert (mark.get("data-stands"), mark.get("aria-label")) == (
        "theirs",
        "Ministry of Justice: place of others, 0 devices look at it",
    )
    assert client.post(f"{NEW}zone-set/", {"site": "ministry", "name": "Z"}).status_code == 400
    assert client.post(f"{NEW}site-add/", {"name": "ministry of justice"}).status_code == 400
    _ok(client, "site-remove", site="ministry", reason="moved")
    assert _told(client, "sites/")["others"] == []
    rows = (
        Logged.objects.filter(body="stad").exclude(what="looked at").order_by("number").values_list("what", flat=True)
    )
    assert list(rows) == [
        "place of others added",
        "place of others changed",
        "site placed",
        "place of others taken away",
    ]


def test_a_place_goes_when_no_device_looks_at_it_any_more(imported: Any, tmp_path: Path) -> None:
    client = imported
    row = client.get(f"{NEW}devices/?as=json&q=W-1").json()["rows"][0]
    _ok(client, f"devices/{row['id']}/looks-at", name="The ministry", reason="it is in the picture")
    _work(tmp_path, register=False)
    (place,) = _told(client, "sites/")["others"]
    refused = client.post(f"{NEW}site-remove/", {"site": place["id"], "reason": "moved"})
    page = refused.content.decode()
    assert refused.status_code == 400 and "evices still look at it" in page and row["label"] in page
    assert "to look at" not in page
    # taken back, the body as it was judged still says so; that holds nobody up
    _ok(client, f"devices/{row['id']}/looks-at", site=place["id"], looks="false", reason="turned")
    _ok(client, "site-remove", site=place["id"], reason="moved")
    _work(tmp_path, register=False)
    assert _told(client, "sites/")["others"] == []


def test_who_may_not_decide_adds_none(decider: Any, person: Callable[..., Any]) -> None:
    client = person("editor", "stad")
    assert client.post(f"{NEW}site-add/", {"name": "Ministry", "theirs": "true"}).status_code == 404
    assert "Add a place of others" not in client.get(f"{NEW}sites/").content.decode()


def test_a_body_has_so_many_of_them_at_most(decider: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web import describe_sites

    monkeypatch.setattr(describe_sites, "MOST_OTHERS", 1)
    _ok(decider, "site-add", name="Ministry", theirs="true")
    assert decider.post(f"{NEW}site-add/", {"name": "Court", "theirs": "true"}).status_code == 400


FILE = """
id: stad
name: Stad
kind: uk-central-department
country: GB
sites: [{ id: depot, name: Depot }]
others:
  - id: ministry
    name: The ministry
    facts: { routinely-used-by-ministers: { answer: yes, decided_by: s, decided_on: 2024-05-02, reason: its seat } }
devices:
  - { tag: W-1, looks_at: [ministry], decided_by: guard, decided_on: 2024-05-02 }
  - { mac: 00-11-22-33-44-55, looks_at: [ministry] }
"""


def test_a_sites_file_brings_places_of_others_and_what_devices_look_at(imported: Any, tmp_path: Path) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = imported
    send: Callable[[], Any] = partial(client.post, f"{NEW}sites-file-send/")
    send({"file": SimpleUploadedFile("sites.yml", FILE.encode())})  # type: ignore[call-arg]
    draft = _told(client, "sites-file/")["draft"]
    assert (draft["added"], draft["left"], draft["unknown"]) == (1, [], ["00-11-22-33-44-55"])
    assert [(one["id"], one["theirs"]) for one in draft["sites"] if one["what"] == "added"] == [("ministry", True)]
    assert [(one["place"], one["said_by"]) for one in draft["looks"]] == [("The ministry", "guard")]
    page = client.get(f"{NEW}sites-file/").content.decode()
    assert "looks at" in page and "no device here is known by that" in page and "<code>" not in page
    _ok(client, "sites-file-take", number=draft["number"])
    (watcher,) = _told(client, "sites/ministry/")["watchers"]
    assert watcher["said_by"].startswith("guard (") and "sites.yml (guard, 2024-05-02)" in watcher["reason"]
    _work(tmp_path, register=False)
    assert _overdue() == {"W-1"}
    send({"file": SimpleUploadedFile("sites.yml", FILE.encode())})  # type: ignore[call-arg]
    draft = _told(client, "sites-file/")["draft"]
    assert (draft["added"], draft["looks"]) == (0, [])

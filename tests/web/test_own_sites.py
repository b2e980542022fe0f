"""Sites described in the browser: by form, from registers and from a file, and the devices that are put there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from web.working import bring_in, judge_again

REGISTER = (
    "Objectnr;Merk;Type;IP-adres;Locatie\n"
    "X-1;Dahua;IPC-HFW2831T-ZAS;10.9.0.1;Loods\nX-2;Axis;P3245-LVE;10.9.1.2;Kade\nX-3;Axis;P3245-LVE;;loods\n"
)
NEW = "/b/haven/"


@pytest.fixture
def made(person: Callable[..., Any]) -> Callable[[str], Any]:
    """A body as it is made in the browser, and a person of a role in it."""
    from custodiet.web.store.models import Body

    Body.objects.create(id="haven", name="Haven", country="NL", kind="nl-municipality")
    return partial(person, body="haven")


def _work(folder: Path, *, register: bool = True) -> None:
    """What a worker does: read the register, or judge anew."""
    if register:
        bring_in(folder, "haven", REGISTER)
    else:
        judge_again(folder, "haven")


def _placed() -> dict[str, tuple[str | None, str | None]]:
    from custodiet.web.estate import entry_of
    from custodiet.web.store.models import Device

    entries = map(entry_of, Device.objects.filter(body="haven"))
    return {entry.asset.label: (entry.asset.site, entry.asset.zone) for entry in entries}


def _sites(client: Any) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"{NEW}sites/?as=json").json()
    return told


def _ok(client: Any, deed: str, **fields: Any) -> str:
    answer = client.post(f"{NEW}{deed}/", fields)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    return str(answer["Location"])


def test_a_site_from_a_register_a_zone_by_range_and_devices_at_both(made: Callable[..., Any], tmp_path: Path) -> None:
    client = made("decider")
    _work(tmp_path)
    assert set(_placed().values()) == {(None, None)}
    told = _sites(client)
    assert [(one["name"].casefold(), one["entries"]) for one in told["proposed"]] == [("loods", 2), ("kade", 1)]
    assert told["sites"] == [] and not told["unjudged"]
    page = client.get(f"{NEW}sites/").content.decode()
    assert page.count("Make it a site") == 2 and "Add a site" in page
    assert _ok(client, "site-add", name="Loods") == f"{NEW}sites/loods/"
    assert _ok(client, "site-add", name="Wharf", names="Kade\nDe kade") == f"{NEW}sites/wharf/"
    _ok(client, "zone-set", site="loods", name="Camera's", subnets="10.9.0.0/24", vlans="120, 121")
    told = _sites(client)
    assert [one["id"] for one in told["sites"]] == ["loods", "wharf"] and told["proposed"] == [] and told["unjudged"]
    one = client.get(f"{NEW}sites/loods/?as=json").json()
    assert one["told"]["own_zones"][0]["vlans"] == [120, 121] and one["unjudged"]
    assert [limb["zone"] for limb in one["limbs"] if limb["zone"]] == ["camera-s"]
    assert client.get(f"{NEW}map/?as=json").json()["without"] == 2
    _ok(client, "site-decision", site="loods", zone="camera-s", answer="yes", reason="the gate hangs on it")
    _work(tmp_path, register=False)
    placed = sorted(_placed().values(), key=str)
    assert placed == [("loods", "camera-s"), ("loods", None), ("wharf", None)]
    told = _sites(client)
    assert [(one["id"], one["devices"]) for one in told["sites"]] == [("loods", 2), ("wharf", 1)]
    assert not told["unjudged"]
    # judged once more from what was concluded: nothing comes twice, and what is taken away does not come back
    _ok(client, "zone-remove", site="loods", zone="camera-s", reason="wrong")
    _ok(client, "site-change", site="loods", name="Shed", names="Loods")
    _ok(client, "site-remove", site="wharf", reason="sold")
    told = _sites(client)  # until devices are judged anew, the one that stands there is counted there, by its name
    assert [(one["name"], one["devices"]) for one in told["sites"]] == [("Shed", 2)]
    assert [(one["name"], one["devices"]) for one in told["gone"]] == [("Wharf", 1)]
    page = client.get(f"{NEW}sites/").content.decode()
    assert "Wharf" in page and "taken away" in page and "sites/wharf/" not in page
    rows = client.get(f"{NEW}devices/?as=json").json()["rows"]
    assert sorted(row["site"] for row in rows) == ["Shed", "Shed", "Wharf (taken away)"]
    _work(tmp_path, register=False)
    assert sorted(_placed().values(), key=str) == [("loods", None), ("loods", None), (None, None)]
    told = _sites(client)
    assert told["gone"] == []
    assert [one["name"] for one in told["sites"]] == ["Shed"] and [one["name"] for one in told["proposed"]] == ["Kade"]
    assert [(one["site"], one["zone"]) for one in told["left"]] == [("loods", "camera-s")]
    assert _ok(client, "site-add", name="Wharf") == f"{NEW}sites/wharf-2/"


def test_what_is_said_is_logged_with_the_reason(made: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Logged

    client = made("decider")
    _ok(client, "site-add", name="Loods")
    _ok(client, "site-remove", site="loods", reason="sold")
    rows = Logged.objects.filter(body="haven").order_by("number").values_list("what", "about", "why")
    assert list(rows) == [("site added", "loods", ""), ("site taken away", "loods", "sold")]


@pytest.mark.parametrize("role", ["viewer", "editor", "auditor"])
def test_who_may_not_decide_describes_nothing(made: Callable[..., Any], role: str) -> None:
    client = made(role)
    assert client.post(f"{NEW}site-add/", {"name": "Loods"}).status_code == 404
    assert "site-add" not in client.get(f"{NEW}sites/").content.decode()
    assert "Whoever decides" in client.get(f"{NEW}sites/").content.decode()


@pytest.mark.parametrize(
    ("deed", "fields", "reason"),
    [
        ("site-add", {"name": "  "}, "a name has"),
        ("site-add", {"name": "x" * 201}, "a name has"),
        ("site-add", {"name": "kade"}, "another site"),
        ("site-add", {"name": "New", "names": "LOODS"}, "another site"),
        ("site-add", {"name": "New", "names": "\n".join(map(str, range(101)))}, "more than 100"),
        ("site-change", {"site": "loods", "names": "Kade"}, "another site"),
        ("site-change", {"site": "stadhuis", "names": "Hall"}, "no such site"),
        ("zone-set", {"site": "loods", "name": "Z", "subnets": "10.9.0.1/24"}, "not an address range"),
        ("zone-set", {"site": "loods", "name": "Z", "subnets": "all"}, "not an address range"),
        ("zone-set", {"site": "loods", "name": "Z", "subnets": "10.1.0.0/25"}, "overlap"),
        ("zone-set", {"site": "loods", "name": "Z", "vlans": "4095"}, "VLAN"),
        ("zone-set", {"site": "loods", "name": "Z", "vlans": "7"}, "VLAN 7 is in the zones"),
        ("zone-set", {"site": "loods", "zone": "no", "name": "Z"}, "no such zone"),
        ("zone-remove", {"site": "loods", "zone": "no", "reason": "x"}, "no such zone"),
        ("site-remove", {"site": "loods"}, "reason"),
        ("site-remove", {"site": "kade", "reason": "x"}, "floor plans"),
    ],
)
def test_what_cannot_be_is_refused(made: Callable[..., Any], deed: str, fields: dict[str, str], reason: str) -> None:
    from datetime import UTC, datetime

    from custodiet.web.store.models import OwnSite, Plan

    client = made("decider")
    _ok(client, "site-add", name="Loods")
    _ok(client, "site-add", name="Kade")
    _ok(client, "zone-set", site="loods", name="A", subnets="10.1.0.0/24", vlans="7")
    plan = {"name": "P", "kind": "png", "width": 1, "height": 1, "picture": b"", "who": "x", "at": datetime.now(UTC)}
    Plan.objects.create(body_id="haven", site="kade", **plan)
    before = OwnSite.objects.count()
    answer = client.post(f"{NEW}{deed}/", fields)
    assert answer.status_code == 400 and reason.casefold() in answer.content.decode().casefold()
    assert OwnSite.objects.count() == before


def test_bounds_of_a_body_and_of_a_site(made: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web import describe_sites

    monkeypatch.setattr(describe_sites, "MOST_SITES", 1)
    monkeypatch.setattr(describe_sites, "MOST_ZONES", 1)
    client = made("decider")
    _ok(client, "site-add", name="Loods")
    assert client.post(f"{NEW}site-add/", {"name": "Kade"}).status_code == 400
    _ok(client, "zone-set", site="loods", name="A")
    assert client.post(f"{NEW}zone-set/", {"site": "loods", "name": "B"}).status_code == 400


def test_a_site_of_the_sites_file_is_added_to_and_stays(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import OwnSite

    client, here = person("decider"), "/b/waterdorp/"
    assert client.post(f"{here}site-remove/", {"site": "stadhuis", "reason": "x"}).status_code == 400
    assert client.post(f"{here}site-change/", {"site": "stadhuis", "name": "Hall"}).status_code == 400
    assert client.post(f"{here}site-change/", {"site": "stadhuis", "names": "Raadhuis"}).status_code == 302
    told = client.get(f"{here}sites/stadhuis/?as=json").json()
    assert (told["place"]["name"], told["told"]["own_names"], told["told"]["whole"]) == (
        "Stadhuis",
        ["Raadhuis"],
        False,
    )
    assert not OwnSite.objects.filter(body="geheimstad").exists()
    assert "Raadhuis" not in person("decider", "geheimstad").get("/b/geheimstad/sites/").content.decode()


def test_an_addition_that_was_taken_back_is_not_in_the_body_any_more() -> None:
    from custodiet.model import Body, Site, Zone
    from custodiet.web.own_sites import Said, with_sites

    hall = Site(id="hall", name="Hall", names=("City hall",), zones=(Zone(id="a"),))
    body = Body(id="b", name="B", kind="k", country="NL", sites=(hall,))
    first = Said(site="hall", whole=False, noun=Site(id="hall", name="Hall", names=("H",), zones=(Zone(id="z"),)))
    then = Said(site="hall", whole=False, noun=Site(id="hall", name="Hall"))
    once = with_sites(body, [first])
    assert once.sites[0].names == ("City hall", "H") and [zone.id for zone in once.sites[0].zones] == ["a", "z"]
    assert with_sites(once, [first]) == once
    assert with_sites(once, [first, then]) == body

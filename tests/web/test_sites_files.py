"""Sites files that are brought in through the browser: shown first, then taken over; hostile ones are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HERE = "/b/waterdorp/"
FILE = """
id: waterdorp
name: Waterdorp
kind: nl-municipality
country: BE
sites:
  - id: stadhuis
    name: Stadhuis
    names: [Raadhuis]
  - id: loods
    name: Loods
    facts:
      holds-secret-or-above-routinely: { answer: yes, decided_by: the mayor, decided_on: 2022-11-28, reason: a vault }
    zones:
      - { id: cam, name: Cameras, subnets: [10.9.0.0/24], core: { answer: no, decided_by: networks } }
"""


def _send(client: Any, text: str | bytes, here: str = HERE) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = text if isinstance(text, bytes) else text.encode()
    return client.post(f"{here}sites-file-send/", {"file": SimpleUploadedFile("sites.yml", content)})


def _draft(client: Any) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"{HERE}sites-file/?as=json").json()["draft"]
    return told


def test_a_file_is_shown_then_taken_over_with_its_answers(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Body, Logged, OwnSite, SitesFile

    client = person("decider")
    assert _draft(client) is None
    assert _send(client, FILE)["Location"] == f"{HERE}sites-file/"
    draft = _draft(client)
    assert (draft["added"], draft["changed"], draft["left"]) == (1, 1, ["country"])
    assert [(one["id"], one["what"], one["answers"], one["fields"]) for one in draft["sites"]] == [
        ("stadhuis", "changed", 0, ["names"]),
        ("loods", "added", 2, []),
    ]
    page = client.get(f"{HERE}sites-file/").content.decode()
    assert "1 place is added" in page and "which is not taken over: the country." in page
    assert not OwnSite.objects.exists()
    assert _draft(person("decider")) is None  # what one looks at is nobody else's
    taken = client.post(f"{HERE}sites-file-take/", {"number": draft["number"]})
    assert taken["Location"] == f"{HERE}sites/" and not SitesFile.objects.exists()
    told = client.get(f"{HERE}sites/loods/?as=json").json()
    given = {limb["condition"] or limb["zone"]: limb["decision"] for limb in told["limbs"]}
    assert (
        given["holds-secret-or-above-routinely"]["decided_by"],
        given["holds-secret-or-above-routinely"]["decided_on"],
    ) == ("the mayor", "2022-11-28")
    assert given["cam"]["answer"] == "no" and told["told"]["whole"]
    assert Body.objects.get(id="waterdorp").country == "NL"
    said = (
        Logged.objects.filter(body="waterdorp")
        .exclude(what="looked at")
        .order_by("number")
        .values_list("what", "about")
    )
    assert list(said)[-4:] == [
        ("sites file brought in", "sites.yml"),
        ("sites file taken over", "sites.yml"),
        ("site changed", "stadhuis"),
        ("site added", "loods"),
    ]
    _send(client, FILE)
    draft = _draft(client)
    assert (draft["added"], draft["changed"], draft["same"]) == (0, 0, 2)
    assert client.post(f"{HERE}sites-file-discard/", {"number": draft["number"]}).status_code == 302
    assert _draft(client) is None


def test_a_body_made_in_the_browser_gets_its_sites_of_a_file(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Body

    Body.objects.create(id="haven", name="Haven", country="NL", kind="nl-municipality")
    client = person("decider", "haven")
    assert _send(client, FILE, "/b/haven/").status_code == 302
    number = client.get("/b/haven/sites-file/?as=json").json()["draft"]["number"]
    client.post("/b/haven/sites-file-take/", {"number": number})
    assert [one["id"] for one in client.get("/b/haven/sites/?as=json").json()["sites"]] == ["stadhuis", "loods"]


def test_nobody_takes_over_what_another_sent_or_sends_without_the_right(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import OwnSite

    client = person("decider")
    _send(client, FILE)
    number = {"number": _draft(client)["number"]}
    assert person("decider").post(f"{HERE}sites-file-take/", number).status_code == 400
    theirs = person("decider", "geheimstad")
    assert theirs.post(f"{HERE}sites-file-take/", number).status_code == 404
    assert theirs.post("/b/geheimstad/sites-file-take/", number).status_code == 400
    assert _send(person("editor"), FILE).status_code == 404
    assert not OwnSite.objects.exists()


_DECIDED = "  - {{ id: a, name: A, facts: {{ routinely-used-by-ministers: {{ answer: yes, decided_on: {on} }} }} }}"
_CORE = "  - {{ id: a, name: A, zones: [{{ id: z, core: {{ answer: yes, decided_on: {on} }} }}] }}"
SITE = "id: w\nname: W\nkind: nl-municipality\ncountry: NL\nsites:\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &a [x, x]\nb: [*a, *a, *a]", "anchors and aliases"),
        (SITE + "  - !!python/object:os.system { id: a, name: A }", "tags"),
        ("[" * 50, "nested deeper"),
        ("- 1", "sites.yml:1: a sites file is a mapping"),
        (SITE + "  - { id: [a], name: A }", "in sites.yml:6: id wants a text, and here is a list"),
        (SITE + "  - { id: a }", "name is missing"),
        (SITE + "  - { id: a, name: A, colour: red }", "unknown key"),
        (SITE + "  - { id: a, name: A, zones: [{ id: z, subnets: [everything] }] }", "not an address range"),
        (SITE + "  - { id: a, name: A, facts: { x: perhaps } }", "readable answer"),
        (SITE + "  - { id: a, name: A, facts: { x: { answer: yes } } }", "no directive asks"),
        (SITE + _DECIDED.format(on="2999-01-01"), "in sites.yml:6: 2999-01-01 is still to come"),
        (SITE + _CORE.format(on="2999-01"), "in sites.yml:6: 2999-01 is still to come"),
        (SITE + "  - { id: a/b, name: A }", "stand in an address"),
        (SITE + '  - { id: "a\\0b", name: A }', "cannot be shown"),
        (SITE + f"  - {{ id: a, name: {'A' * 300} }}", "too long"),
        (SITE + "".join(f"  - {{ id: s{n}, name: N{n} }}\n" for n in range(2001)), "at most 2000 sites"),
        (b"\xff\xfe\x00", "not UTF-8"),
        ("", "empty"),
        (b"x" * (4 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_a_file_that_cannot_be_is_refused(person: Callable[..., Any], text: str | bytes, reason: str) -> None:
    from custodiet.web.store.models import SitesFile

    answer = _send(person("decider"), text)
    assert answer.status_code == 400
    assert reason == "refused" or reason.casefold() in answer.content.decode().casefold()
    assert not SitesFile.objects.exists()


def test_what_is_wrong_in_a_file_is_told_in_dutch(person: Callable[..., Any]) -> None:
    client = person("decider")
    client.post("/account/about/", {"name": "Ann", "language": "nl"})
    for line, told in (
        ("position: [1, 2]", "position verwacht sleutels met waarden eronder, en hier staat een lijst"),
        ("colour: red", "onbekende sleutel colour"),
    ):
        page = _send(client, f"{SITE}  - {{ id: a, name: A, {line} }}").content.decode()
        assert f"In sites.yml:6: {told}" in page, page[-1500:]
    page = _send(client, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").content.decode()
    assert "In sites.yml: dit is geen tekst en dus geen locatiebestand" in page and "teksteditor" in page
    page = _send(client, SITE.encode() + b"  - { id: a, name: Caf\xe9 }").content.decode()
    assert "is geen UTF-8" in page and "Sla het bestand op als UTF-8" in page

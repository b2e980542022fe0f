"""The way in, and the pages of a body as somebody with a role in it sees them, and nobody else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from lxml.html import fromstring


def test_a_viewer_sees_the_body(person: Callable[..., Any]) -> None:
    client = person("viewer")
    assert "Waterdorp" in client.get("/").content.decode()
    assert "Geheimstad" not in client.get("/").content.decode()
    assert "register-waterdorp.csv" in client.get("/b/waterdorp/").content.decode()
    told = client.get("/b/waterdorp/devices/?as=json").json()
    assert told["total"] == 3
    assert any("Hikvision" in row["what"] for row in told["rows"])
    assert client.get(f"/b/waterdorp/devices/{told['rows'][0]['id']}/").status_code == 200


@pytest.mark.parametrize("address", ["", "devices/", "devices/?as=json", "devices/?q=geheim"])
def test_another_body_does_not_exist(person: Callable[..., Any], address: str) -> None:
    client = person("administrator")
    assert client.get(f"/b/geheimstad/{address}").status_code == 404
    assert client.get(f"/b/no-such-body/{address}").status_code == 404


def test_a_device_of_another_body_does_not_exist(person: Callable[..., Any]) -> None:
    theirs = person("viewer", "geheimstad").get("/b/geheimstad/devices/?as=json").json()["rows"][0]["id"]
    assert person("viewer").get(f"/b/waterdorp/devices/{theirs}/").status_code == 404


def test_who_is_not_signed_in_is_sent_to_the_door(web: None) -> None:
    from django.test import Client

    answer = Client().get("/b/waterdorp/devices/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/b/waterdorp/devices/")
    assert Client().get("/b/waterdorp/devices/?as=json").status_code == 401


def test_a_wrong_question_is_told(person: Callable[..., Any]) -> None:
    answer = person("viewer").get("/b/waterdorp/devices/?page=x&as=json")
    assert answer.status_code == 400
    assert "page" in answer.json()["reason"]


def test_the_first_administrator_chooses_a_password_once(web: None) -> None:
    from django.test import Client

    from custodiet.web.first import first_administrator

    link, client = first_administrator(), Client()
    assert client.get(link).status_code == 200
    assert client.post(link, {"password": "short", "again": "short"}).status_code == 400
    chosen = {"password": "a whale in the canal", "again": "a whale in the canal"}
    assert client.post(link, chosen).status_code == 302
    assert client.get(link).status_code == 404
    assert first_administrator() == ""
    signed_in = Client().post("/sign-in/", {"email": "admin@localhost", "password": chosen["password"]})
    assert (signed_in.status_code, signed_in["Location"]) == (302, "/")
    assert Client().post("/sign-in/", {"email": "admin@localhost", "password": "wrong"}).status_code == 403


def test_a_link_that_does_not_work_says_what_to_do_and_not_whether_it_ever_did(web: None) -> None:
    from django.test import Client

    from custodiet.web.accounts.links import make_link
    from custodiet.web.store.models import Link, Person

    used, gone = (make_link(Person.objects.create(email=f"{at}@example.org", name="x")) for at in "ab")
    Link.objects.filter(person__email="a@example.org").update(used=datetime(2025, 1, 1, tzinfo=UTC))
    Link.objects.filter(person__email="b@example.org").update(until=datetime(2025, 1, 1, tzinfo=UTC))
    answers = [Client().get(address) for address in (used, gone, "/welcome/never-made/")]
    assert {answer.status_code for answer in answers} == {404}
    [told] = {fromstring(answer.content).xpath("string(//main)") for answer in answers}
    assert "This link was used already, or has expired" in told and "under People" in told


def test_an_empty_installation_says_where_to_begin(person: Callable[..., Any], web: None) -> None:
    from custodiet.web.store.models import Body

    admin, nobody = person("", administrator=True), person("")
    assert "An administrator can give you one" in admin.get("/").content.decode()
    Body.objects.all().delete()
    assert "Add a body first" in admin.get("/").content.decode()
    assert "An administrator can give you one" in nobody.get("/").content.decode()


def test_tables_and_migrations_agree(started: None) -> None:
    from django.core.management import call_command

    call_command("makemigrations", "store", check=True, dry_run=True, verbosity=0)


def test_a_case_that_did_not_change_is_not_put_in_again(web: None, cases: dict[str, Path], tmp_path: Path) -> None:
    from custodiet.casefile import Case
    from custodiet.web.first import put_case
    from custodiet.web.store.models import Body

    mine = Path(shutil.copy(cases["waterdorp"], tmp_path))
    before = Body.objects.get(id="waterdorp").published
    put_case(mine)
    assert Body.objects.get(id="waterdorp").published == before
    with Case(mine) as case:
        case.set_meta("located:x", "{}")
    put_case(mine)
    assert Body.objects.get(id="waterdorp").published > before


def test_each_page_leads_to_itself_for_programs(person: Callable[..., Any]) -> None:
    client = person("viewer")
    for address in ("/b/waterdorp/", "/b/waterdorp/devices/?maker=hikvision&q=%26x"):
        told = fromstring(client.get(address).content).xpath("//footer//a/@href")
        assert told[1] == "/openapi.json"
        asked = client.get(urljoin(address, told[0]))
        assert asked.json() == client.get(address, headers={"Accept": "application/json"}).json()
    from django.test import Client

    assert "OpenAPI" not in Client().get("/sign-in/").content.decode()

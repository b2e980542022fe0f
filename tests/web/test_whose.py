"""Which body it is, said in the browser about a case that was audited without saying it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from story import custodiet
from web.working import work

REGISTER = "Objectnr;Merk;Type;IP-adres\nX-1;Hikvision;DS-2CD2143G0-I;10.9.0.1\n"
HERE = "/b/nobody/"
DUTCH = {"name": "Town of Nobody", "country": "NL", "kind": "nl-municipality"}


@pytest.fixture
def unsaid(web: None, person: Callable[..., Any], tmp_path: Path) -> tuple[Path, Any]:
    """A case of which nobody said whose it is, as a server was started with it, and who administers the body."""
    from custodiet.web.first import put_case

    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    case = tmp_path / "nobody.sqlite"
    told = custodiet("audit", tmp_path / "register.csv", "--on", "2025-12-01", "--case", case, "--quiet")
    assert told.code in (0, 3, 4), told.err
    assert put_case(case) == "nobody"
    return case, person("administrator", body="nobody")


@pytest.fixture
def client(unsaid: tuple[Path, Any]) -> Any:
    return unsaid[1]


def test_once_it_is_said_directives_are_asked_and_sites_can_be_added(unsaid: tuple[Path, Any], tmp_path: Path) -> None:
    from custodiet.web.first import put_case
    from custodiet.web.store.models import Body, Logged

    case, client = unsaid
    page = client.get(f"{HERE}sites/").content.decode()
    assert "so no directive was asked" in page and 'href="../body/"' in page
    assert 'href="body/"' in client.get(HERE).content.decode()
    assert client.post(f"{HERE}site-add/", {"name": "Kade"}).status_code == 400
    assert client.post(f"{HERE}body/describe/", DUTCH).status_code == 302
    assert client.get(f"{HERE}body/?as=json").json()["kind"] == "nl-municipality"
    assert client.post(f"{HERE}site-add/", {"name": "Kade"}).status_code == 302, "before it is judged anew"
    work(tmp_path)
    body = Body.objects.get(id="nobody")
    assert (body.name, body.country, body.kind) == ("Town of Nobody", "NL", "nl-municipality")
    overview = client.get(f"{HERE}?as=json").json()
    assert overview["described"] and overview["name"] == "Town of Nobody"
    assert overview["totals"]["assets"] == 1 and overview["directives"]
    limbs = client.get(f"{HERE}sites/?as=json").json()["limbs"]
    assert limbs, "directives that address a municipality ask something about it"
    [row] = Logged.objects.filter(body="nobody", what="body described")
    assert json.loads(row.said)["after"] == DUTCH
    # the next start with the same case finds nothing new in it
    before = body.published
    assert put_case(case) == "nobody"
    assert Body.objects.get(id="nobody").published == before


def test_a_description_that_stays_as_it_is_asks_for_nothing(client: Any, tmp_path: Path) -> None:
    from custodiet.web.store.models import Job, Logged

    client.post(f"{HERE}body/describe/", DUTCH)
    before = Job.objects.count(), Logged.objects.count()
    assert client.post(f"{HERE}body/describe/", DUTCH | {"name": " Town  of Nobody "}).status_code == 302
    assert (Job.objects.count(), Logged.objects.count()) == before


@pytest.mark.parametrize("wrong", [{"kind": "town"}, {"country": "XX"}, {"name": "  "}, {"name": "x" * 201}])
def test_what_is_no_body_is_refused(client: Any, wrong: dict[str, str]) -> None:
    assert client.post(f"{HERE}body/describe/", DUTCH | wrong).status_code == 400
    assert client.get(f"{HERE}body/?as=json").json()["kind"] == ""


def test_only_who_administers_it_says_it(unsaid: tuple[Path, Any], person: Callable[..., Any]) -> None:
    client = person("decider", body="nobody")
    page = client.get(f"{HERE}body/").content.decode()
    assert '<form method="post" action="describe/' not in page and "Whoever administers this body" in page
    assert client.post(f"{HERE}body/describe/", DUTCH).status_code == 404


def test_an_import_that_began_before_it_was_said_does_not_take_it_back(client: Any, tmp_path: Path) -> None:
    from custodiet.web.jobs import queue
    from custodiet.web.jobs.kinds import Again
    from custodiet.web.store.models import Body

    queue.ask(Body.objects.get(id="nobody"), "again", Again(), "me@example.org")
    client.post(f"{HERE}body/describe/", DUTCH)
    work(tmp_path)
    assert Body.objects.get(id="nobody").kind == "nl-municipality"

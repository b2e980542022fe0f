"""Roles, bodies, every address and every form of it: nobody gets a byte of a body in which they have no such right.

The cells are made of the registry, and the addresses by following links; who may come where is written once more in
`who_may`, so a right that is too wide is seen, and a new page wants its line. A page that no link leads to is told,
since nothing would be tested of it.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from web.who_may import EVERYBODY, GIVEN, OF_ALL, ROLES, ROUTES, right_of, roles_of

SECRET = re.compile(rb"geheim|10\.66\.0\.66", re.IGNORECASE)
"""Words that stand in everything of the other body and nowhere else."""

A, B, NONE = "waterdorp", "geheimstad", "no-such-body"
OUTSIDE = ("nobody", "who left")
"""Those who are not signed in, or may not be any more."""


@dataclass
class World:
    """Two bodies in which every form was filled in, and people of every kind."""

    people: dict[str, Any]
    """Word for a person -> a browser in which they are signed in."""
    mine: Any
    """Where an administrator of the first body comes."""
    theirs: Any
    """Where an administrator of the other comes."""


@pytest.fixture
def world(person: Callable[..., Any]) -> Iterator[World]:
    from django.test import Client

    from custodiet.web.store.models import Person
    from web.robot import work

    people: dict[str, Any] = {"nobody": Client(), "a stranger": person("")}
    people |= {role: person(role, A) for role in ROLES}
    people |= {f"{role} there": person(role, B) for role in ROLES}
    people |= {"administrator of all": person("", administrator=True), "who left": person("administrator", A)}
    Person.objects.filter(id=people["who left"].session["_auth_user_id"]).update(is_active=False)
    logging.disable(logging.WARNING)  # a line for each of a thousand refusals
    mine = work(people["administrator"], "robot", f"/b/{A}/")
    yield World(people, mine, work(people["administrator there"], "geheim", f"/b/{B}/"))
    logging.disable(logging.NOTSET)


def places(page: Any, world: World) -> Iterator[tuple[str, str, bool, Collection[str]]]:
    """(body, address, whether a link leads to it, who is to try it) of a page: the addresses that links lead to in
    both bodies, those with the things of the other body in them, and one of a body that is not there."""
    made_up = re.sub(r"<int:\w+>", "1", re.sub(r"<(?!int:)[^>]+>", "no-such", page.path))
    if page.within != "body":
        known = world.mine.at(page.name)[:1]
        yield "", (known or [f"/{made_up}"])[0], bool(known), world.people
        return
    mine, theirs = world.mine.at(page.name)[:1], world.theirs.at(page.name)[:1]
    for body, own, others, people in (
        (A, mine, theirs, world.people),
        (B, theirs, mine, ("nobody", *ROLES, "administrator of all", "administrator there")),
    ):
        address = (own or [f"/b/{body}/{made_up}"])[0]
        yield body, address, bool(own), people
        for other in others:
            strange = f"/b/{body}/" + other.split("/", 3)[3]
            if strange != address:
                yield body, strange, False, ("viewer", "administrator") if body == A else ("administrator there",)
    yield NONE, f"/b/{NONE}/{made_up}", False, ("nobody", "administrator")


def forms(page: Any) -> list[str]:
    """Words behind ``as=`` under which a page can be had."""
    return [""] if hasattr(page, "form") else ["", "json", *page.files, *page.pictures]


def bytes_of(answer: Any) -> bytes:
    """All that an answer says; what is packed is unpacked."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(name.encode() + packed.read(name) for name in packed.namelist())
            body = re.sub(rb">\d{4}-\d\d-\d\dT[\d:.]+Z<", b"><", body)  # when the workbook was made
    told = b"\n".join(f"{name}: {value}".encode() for name, value in answer.headers.items())
    return told + b"\n\n" + re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', rb"\1", body)


def fetched(client: Any, address: str, form: str = "", *, deed: bool = False) -> Any:
    """An answer, with what it wrote taken back: one question must not change what the next is told."""
    from django.db import transaction

    with transaction.atomic():
        asked = f"{address}{'&' if '?' in address else '?'}as={form}" if form else address
        answer = client.post(asked) if deed else client.get(asked)
        answer.told = bytes_of(answer)
        transaction.set_rollback(True)
    return answer


def allowed(page: Any, who: str, body: str) -> bool:
    """What the table says."""
    may = roles_of(page.name)
    if may == EVERYBODY:
        return who not in OUTSIDE
    if may == (OF_ALL,):
        return who == OF_ALL
    role = who.removesuffix(" there")
    return body == (B if who.endswith(" there") else A) and role in may


def cells(world: World) -> Iterator[tuple[str, str, Any, str, str, bool]]:
    """(who, body, page, address, form, whether a link leads to it)."""
    from web.robot import PAGES

    for page in PAGES.values():
        for body, address, known, people in places(page, world):
            for who in people:
                for form in forms(page):
                    # the right is asked for before the form is looked at: other forms are tried by some
                    some = who in ("nobody", "a stranger", "viewer", "administrator of all")
                    if not form or some or (form == "json" and body == A):
                        yield who, body, page, address, form, known


TOKENS = {right: (right,) for right in ("see", "edit", "decide", "audit")} | {"all": ("see", "edit", "decide", "audit")}
"""Word for a token -> the rights that it was given."""


@pytest.fixture
def tokens(world: World) -> dict[str, Any]:
    """A program for each right, and one for all that a token may have, of the first body."""
    from django.test import Client

    from custodiet.web.accounts.tokens import make_token
    from custodiet.web.estate import Estate
    from custodiet.web.rights import Right
    from custodiet.web.store.models import Body, Person

    estate, by, now = Estate(Body.objects.get(id=A)), Person.objects.all()[0], datetime.now(UTC)
    told = {word: make_token(estate, word, map(Right, rights), 1, by, now)[1] for word, rights in TOKENS.items()}
    return {word: Client(headers={"Authorization": f"Bearer {token}"}) for word, token in told.items()}


def cells_of_tokens(world: World, tokens: dict[str, Any]) -> tuple[list[str], int, int]:
    """Programs at the same addresses: what they were given in their body, and nothing of anything else.

    Returns:
        what is wrong, the cells that were tried, and those in which a token has the right.
    """
    from custodiet.web.page import Deed
    from web.robot import PAGES

    wrong, count, given = [], 0, 0
    for page in PAGES.values():
        for body, address, known, _ in places(page, world):
            for word, client in tokens.items() if body == A else [("all", tokens["all"])]:
                right = body == A and right_of(page.name) in TOKENS[word]
                for form in forms(page) if right and word == "all" else [""]:
                    answer = fetched(client, address, form, deed=isinstance(page, Deed))
                    status = answer.status_code
                    good = status in (200, 302, 400, 404) if right else status == 404
                    good = good and not (right and known and not isinstance(page, Deed) and status != 200)
                    if not good or SECRET.search(answer.told.replace(body.encode(), b"")):
                        wrong.append(f"{page.name}: token to {word} at {address} as {form}: {status}, right: {right}")
                    count, given = count + 1, given + right
    return wrong, count, given


def told_too_much(world: World, who: str, body: str, page: Any, address: str, form: str, known: bool) -> list[str]:
    """What is wrong with the answer of one cell."""
    from custodiet.web.page import Deed

    deed, right = isinstance(page, Deed), allowed(page, who, body)
    answer = fetched(world.people[who], address, form, deed=deed)
    status = answer.status_code
    if not right:
        good = status in ((302, 401) if who in OUTSIDE else (404,))
        good = good and (status != 302 or answer["Location"].startswith("/sign-in/?next="))
    elif deed:  # what the robot did is done, and what it made for itself is not there for others
        good = status in (302, 400, 404)
    else:
        good = status == 200 if known else status in (200, 404)
    told = answer.told.replace(body.encode(), b"") if status == 302 else answer.told
    if good and (who.endswith("there") or not SECRET.search(told)):
        return []
    return [f"{page.name}: {who} at {address} as {form or 'a page'}: {status}, right: {right}"]


def test_every_route_and_every_role_has_its_line_here(web: None) -> None:
    """So that whoever adds one, or gives a role more, says so twice."""
    from custodiet.web.rights import RIGHTS
    from web.robot import PAGES

    listed = sorted(name for _, _, names in ROUTES for name in names.split())
    assert listed == sorted(PAGES)
    assert {role.value: " ".join(sorted(rights)) for role, rights in RIGHTS.items()} == GIVEN
    assert tuple(GIVEN) == ROLES


@pytest.mark.parametrize(
    ("name", "change"),
    [("members", {"right": "see"}), ("tokens-make", {"right": "see"}), ("people", {"within": "account"})],
)
def test_a_right_that_is_too_wide_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, change: dict[str, Any]
) -> None:
    from custodiet.web.rights import RIGHTS, Right, Role
    from web.robot import PAGES

    mine = [cell for cell in cells(world) if cell[2].name == name and cell[:2] in (("viewer", A), ("viewer", ""))]
    assert mine and not [fault for cell in mine for fault in told_too_much(world, *cell)]
    before = {field: getattr(PAGES[name], field) for field in change}
    for field, value in change.items():
        object.__setattr__(PAGES[name], field, Right(value) if field == "right" else value)
    try:
        assert [fault for cell in mine for fault in told_too_much(world, *cell)]
    finally:
        for field, value in before.items():
            object.__setattr__(PAGES[name], field, value)
    if PAGES[name].within == "body":
        monkeypatch.setitem(RIGHTS, Role.VIEWER, frozenset(Right))
        assert [fault for cell in mine for fault in told_too_much(world, *cell)]


def test_every_cell(world: World, tokens: dict[str, Any]) -> None:
    wrong, count = [], 0
    for cell in cells(world):
        wrong += told_too_much(world, *cell)
        count += 1
    assert not wrong, "\n".join([f"{len(wrong)} of {count} cells", *wrong[:20]])
    assert count >= 1000, count
    wrong, count, given = cells_of_tokens(world, tokens)
    assert not wrong, "\n".join([f"{len(wrong)} of {count} cells of tokens", *wrong[:20]])
    assert count >= 300 and given >= 60, (count, given)


def test_the_robot_came_everywhere_and_the_other_body_is_full_of_secrets(world: World) -> None:
    """Otherwise nothing would be tested of a page, and none would be found in nothing."""
    from custodiet.web.page import Page
    from web.robot import PAGES, walk

    everywhere = [world.mine, world.theirs, walk(world.people["administrator of all"])]
    # what can be done with a thing in one state alone, as work that is at it, is tried at an address that is made up
    needed = [page.name for page in PAGES.values() if isinstance(page, Page) or "<" not in page.path]
    lost = [name for name in needed if not any(each.at(name) for each in everywhere)]
    assert not lost, f"no link and no form leads to {lost}: nothing can be tested of them"
    found = {
        name
        for name, all_of in world.theirs.addresses.items()
        for address in all_of
        if SECRET.search(re.sub(rb"/b/geheimstad/", b"", fetched(world.people["administrator there"], address).told))
    }
    assert {"bodies", "overview", "devices", "device"} <= found


def test_a_field_that_no_form_has_changes_nothing(person: Callable[..., Any]) -> None:
    """What a form does not name cannot be written by it, whatever the table has."""
    from custodiet.web.store.models import Person

    client = person("viewer")
    before = Person.objects.filter(pk=client.session["_auth_user_id"]).values()[0]
    more = {"administrator": "1", "is_active": "", "email": "other@example.org", "password": "x", "id": "1", "pk": "1"}
    assert client.post("/account/about/", {"name": "Changed", "language": "nl", **more}).status_code == 302
    after = Person.objects.filter(pk=before["id"]).values()[0]
    # with each form, the language is kept in which its page was read
    assert after == {**before, "name": "Changed", "language": "nl", "spoken": "en"}


def test_no_deed_touches_another_body(world: World) -> None:
    """The forms of the other body, with its things named in them, sent to one's own."""
    from django.db import transaction

    before = rows_of(B)
    assert before
    for sent in world.theirs.forms.values():
        for form in sent:
            with transaction.atomic():
                address = form.address.replace(f"/b/{B}/", f"/b/{A}/")
                world.people["administrator"].post(address, form.sent())
                assert rows_of(B) == before, f"{form.name} of {A} changed what is of {B}"
                transaction.set_rollback(True)


def rows_of(body: str) -> dict[str, list[Any]]:
    """All rows of a body, by table."""
    from django.apps import apps

    tables = [each for each in apps.get_app_config("store").get_models() if hasattr(each, "body")]
    return {table.__name__: sorted(map(repr, table.objects.filter(body=body).values_list())) for table in tables}


def test_what_is_added_to_another_body_changes_no_byte(world: World, cases: dict[str, Path]) -> None:
    from custodiet.web.first import put_case
    from custodiet.web.knowledge import catalog
    from custodiet.web.publish import publish
    from custodiet.web.store.models import Body
    from web.robot import PAGES, work

    def everything() -> dict[tuple[str, str, str], bytes]:
        return {
            (who, address, form): fetched(world.people[who], address, form).told
            for name, all_of in world.mine.addresses.items()
            if name in PAGES
            for address in all_of[:1]
            for who, told in (("viewer", ["", "json"]), ("administrator", forms(PAGES[name])))
            for form in told
        }

    before = everything()
    changed = [key for key, told in everything().items() if told != before[key]]
    assert not changed, f"these are not the same twice: {changed[:10]}"
    put_case(cases[B])
    publish(cases[A], Body.objects.create(id="geheimdorp", name="Geheimdorp"), catalog())
    assert work(world.people["administrator there"], "geheim twee", f"/b/{B}/").forms
    changed = [key for key, told in everything().items() if told != before[key]]
    assert not changed, f"these tell of another body: {changed[:10]}"


OWN = re.compile(
    rb"\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|\+00:00)?|\b\d\d?:\d\d(?::\d\d)?\b"  # when it was done
    rb"|\b(?:[0-9A-Za-z]{64}|[0-9a-f]{32})\b|custodiet_[\w-]+"  # by chance, and the chain of the log
    # which row it is in the log of the installation, and so the length of the answer
    rb'|"number":\d+(?=,"at":"[^"]+","who")|(?m:^\d+(?=,\d{4}-)|^Content-Length: \d+)'
)
"""What differs whenever the same is done again."""


def test_what_is_done_next_is_the_same_whatever_another_body_did(
    person: Callable[..., Any], cases: dict[str, Path]
) -> None:
    """The same deeds in one body, beside another that did nothing and beside one that did much."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import transaction

    from custodiet.web import imports
    from custodiet.web.jobs.work import work_once
    from web.robot import PAGES, name_of

    clients = {body: person("administrator", body) for body in (A, B)}

    def send(body: str, times: int = 1) -> str:
        for _ in range(times):
            sent = SimpleUploadedFile("r.csv", b"Objectnr;Merk;Type;IP-adres\nX-1;Axis;P3245-LVE;10.0.0.9\n")
            answer = clients[body].post(f"/b/{body}/imports/send/", {"file": sent, "at_once": "1"})
            assert work_once(imports.root(), pulse=False)
        return str(answer["Location"])

    def done(others: int) -> tuple[str, list[bytes]]:
        with transaction.atomic():
            if others:
                send(B, others)
            here = send(A)
            send(A)
            clients[A].post(here + "discard/")
            told = [
                fetched(clients[A], address, form).told
                for address in (here, *(f"/b/{A}/{page}" for page in ("imports/", "history/", "", "devices/")))
                for form in forms(PAGES[name_of(address)])
            ]
            transaction.set_rollback(True)
        return here, [OWN.sub(b"", one) for one in told]

    alone, beside = done(0), done(3)
    assert alone[0] == beside[0] == f"/b/{A}/imports/1/"
    for one, other in zip(alone[1], beside[1], strict=True):
        assert one == other


def test_no_number_of_anything_that_is_done_tells_what_another_body_did(person: Callable[..., Any]) -> None:
    """All forms filled in twice over in one body, beside another in which nobody and one in which somebody did."""
    from django.apps import apps
    from django.db import transaction

    from custodiet.web.accounts.tokens import make_token
    from custodiet.web.estate import Estate
    from custodiet.web.rights import Right
    from custodiet.web.store.models import Body, Person
    from custodiet.web.store.models.numbered import Numbered
    from web.robot import PAGES, work

    tables = [table for table in apps.get_app_config("store").get_models() if issubclass(table, Numbered)]
    clients = {body: person("administrator", body) for body in (A, B)}

    def busy(body: str) -> dict[str, bytes]:
        """Fill in all forms, and look, twice: what is made the first time is changed and taken away the second."""
        by, now = Person.objects.get(pk=clients[body].session["_auth_user_id"]), datetime.now(UTC)
        estate, told = Estate(Body.objects.get(id=body)), {}
        for time in ("first", "then"):
            make_token(estate, "sensor", [Right.SEE], 1, by, now)
            found = work(clients[body], "robot", f"/b/{body}/")
            for name, address in ((name, one) for name, all_of in found.addresses.items() for one in all_of):
                for form in forms(PAGES[name]) if body == A and name in PAGES else ():
                    told[f"{time}: {name} at {address} as {form}"] = fetched(clients[body], address, form).told
            if time == "first":
                assert not [table for table in tables if not estate.rows(table).exists()]
        return told

    def done(*, beside: bool) -> dict[str, bytes]:
        with transaction.atomic():
            if beside:
                busy(B)
            told = busy(A)
            transaction.set_rollback(True)
        return {key: OWN.sub(b"", one) for key, one in told.items()}

    alone, others = done(beside=False), done(beside=True)
    assert [*alone] == [*others] and len(alone) > 200
    telling = [key for key, one in alone.items() if one != others[key]]
    assert not telling, "\n".join([f"{len(telling)} of {len(alone)} tell", *telling[:20]])


def test_who_checks_reads_imports_members_and_tokens_without_their_forms(world: World) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    register = SimpleUploadedFile("r.csv", b"Objectnr;Merk;Type;IP-adres\nX-1;Axis;P3245-LVE;10.0.0.9\n")
    sent = world.people["administrator"].post(f"/b/{A}/imports/send/", {"file": register})
    form = re.compile(rb'<form method="post" action="(?!/sign-out/)|<select|href="\?person=')
    for page in (*(f"/b/{A}/{name}/" for name in ("imports", "members", "tokens")), sent["Location"]):
        told = {who: world.people[who].get(page) for who in ("auditor", "administrator", "viewer")}
        assert (told["auditor"].status_code, told["viewer"].status_code) == (200, 404), page
        assert form.search(told["administrator"].content) and not form.search(told["auditor"].content), page

"""Who gives what to whom: people of the installation, roles and tokens of a body; each with its row in the log."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest


def fresh(client: Any) -> Any:
    """As if they had signed in just now."""
    session = client.session
    session["since"] = datetime.now(UTC).isoformat()
    session.save()
    return client


def id_of(client: Any) -> int:
    return int(client.session["_auth_user_id"])


def logged() -> tuple[str, str, str]:
    """The last row: what, body, who."""
    from custodiet.web.store.models import Logged

    return Logged.objects.order_by("-number").values_list("what", "body", "who")[0]


def email_of(client: Any) -> str:
    from custodiet.web.store.models import Person

    return str(Person.objects.get(pk=id_of(client)).email)


def test_somebody_is_invited_by_a_link_that_is_shown_once(person: Callable[..., Any]) -> None:
    from django.test import Client

    client = person("", administrator=True)
    assert client.post("/people/invite/", {"email": "New@Example.org", "name": "<b>New</b>"}).status_code == 302
    page = client.get("/people/").content.decode()
    link = re.search(r"http://testserver(/welcome/[^<]+)<", page)
    assert link and "&lt;b&gt;New" in page
    assert "/welcome/" not in client.get("/people/").content.decode()
    chosen = {"password": "a whale in the canal", "again": "a whale in the canal"}
    assert Client().post(link[1], chosen)["Location"] == "/"
    assert Client().post("/sign-in/", {"email": "new@example.org", **chosen})["Location"] == "/"
    assert client.post("/people/invite/", {"email": "new@example.org", "name": "x"}).status_code == 400
    assert client.post("/people/invite/", {"email": "no address", "name": "x"}).status_code == 400


@pytest.mark.parametrize("role", ["administrator", "viewer"])
def test_people_are_for_administrators_of_the_installation(person: Callable[..., Any], role: str) -> None:
    client = person(role)
    assert client.get("/people/").status_code == 404
    assert client.post("/people/invite/", {"email": "new@example.org", "name": "x"}).status_code == 404


def test_a_person_is_blocked_and_let_in_again(person: Callable[..., Any]) -> None:
    client, other = person("", administrator=True), person("viewer")
    who, them = email_of(client), id_of(other)
    client.post("/people/change/", {"person": them, "do": "block"})
    assert logged() == ("person blocked", "", who)
    assert other.get("/").status_code == 302
    client.post("/people/change/", {"person": them, "do": "unblock"})
    assert logged() == ("person let in again", "", who)


@pytest.mark.parametrize("do", ["block", "lower"])
def test_no_administrator_ends_themselves(person: Callable[..., Any], do: str) -> None:
    client, other = person("", administrator=True), person("", administrator=True)
    assert client.post("/people/change/", {"person": id_of(client), "do": do}).status_code == 400
    assert client.post("/people/change/", {"person": id_of(other), "do": do}).status_code == 302


@pytest.mark.parametrize("do", ["link", "factors", "raise"])
def test_who_signed_in_long_ago_takes_over_no_account(person: Callable[..., Any], do: str) -> None:
    from custodiet.web.store.models import Codes, Link, Person

    client, other = person("", administrator=True), person("viewer")
    them = Person.objects.get(pk=id_of(other))
    Codes.objects.create(person=them, secret=b"x", since=datetime.now(UTC))
    asked = {"person": them.pk, "do": do}

    def state() -> tuple[Any, ...]:
        them.refresh_from_db()
        return Codes.objects.count(), Link.objects.filter(person=them).count(), them.administrator

    before = state()
    assert "Sign in again" in client.post("/people/change/", asked, follow=True).content.decode()
    assert state() == before
    fresh(client).post("/people/change/", asked)
    assert state() != before


def test_people_come_in_pages(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Person

    client = person("", administrator=True)
    Person.objects.bulk_create(Person(email=f"p{n}@example.org", name=f"Person {n:03}") for n in range(120))
    told = client.get("/people/?q=person&page=3&as=json").json()
    assert (told["total"], told["pages"], len(told["people"])) == (120, 3, 20)
    assert 'href="?q=person&amp;page=2"' in client.get("/people/?q=person&page=3").content.decode()


def test_roles_are_given_changed_and_taken(person: Callable[..., Any]) -> None:
    client, other = person("administrator"), person("")
    give = {"email": email_of(other).upper(), "why": "new here"}
    assert other.get("/b/waterdorp/").status_code == 404
    for role, status, what in (
        ("viewer", 200, "role given"),
        ("editor", 200, "role given"),
        ("none", 404, "role taken"),
    ):
        answer = client.post("/b/waterdorp/members/give/", {**give, "role": role})
        assert answer["Location"] == "/b/waterdorp/members/"
        assert logged() == (what, "waterdorp", email_of(client))
        assert other.get("/b/waterdorp/").status_code == status


@pytest.mark.parametrize("wrong", [{"email": "nobody@example.org", "role": "viewer"}, {"role": "king"}, {"role": ""}])
def test_what_cannot_be_given(person: Callable[..., Any], wrong: dict[str, str]) -> None:
    client = person("administrator")
    given = {"email": email_of(person("")), **wrong}
    assert client.post("/b/waterdorp/members/give/", given).status_code == 400


def test_a_body_keeps_an_administrator_who_can_sign_in(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Membership, Person

    client, other = person("administrator"), person("administrator")
    Membership.objects.exclude(person__in=[id_of(client), id_of(other)]).delete()
    Person.objects.filter(pk=id_of(other)).update(is_active=False)
    mine = {"email": email_of(client), "role": "none"}
    assert client.post("/b/waterdorp/members/give/", mine).status_code == 400
    assert client.post("/b/waterdorp/members/give/", {**mine, "role": "viewer"}).status_code == 400
    Person.objects.filter(pk=id_of(other)).update(is_active=True)
    assert client.post("/b/waterdorp/members/give/", mine)["Location"] == "/"
    assert client.get("/b/waterdorp/").status_code == 404


def test_members_of_another_body_are_not_shown(person: Callable[..., Any]) -> None:
    client, stranger = person("administrator"), person("viewer", "geheimstad")
    told = client.get("/b/waterdorp/members/", {"person": email_of(stranger), "as": "json"}).json()
    assert told["chosen"] is None
    assert email_of(stranger) not in str(told)


def made(client: Any, *rights: str, days: int = 30) -> str:
    """A token, as its page shows it."""
    fields = {"label": "sensor 1", "rights": rights or ("see",), "days": days}
    assert client.post("/b/waterdorp/tokens/make/", fields).status_code == 302
    return str(client.get("/b/waterdorp/tokens/?as=json").json()["once"]["secrets"][0])


def program(token: str, **more: Any) -> Any:
    """What asks with a token, and is held to what a browser is held to."""
    from django.test import Client

    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"}, **more)


def test_a_token_reads_its_body_as_json_and_nothing_else(person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Token

    client = person("administrator")
    token = made(client)
    asks = program(token)
    assert asks.get("/b/waterdorp/devices/").json()["total"] == 3
    for address in ("/b/geheimstad/", "/b/waterdorp/members/", "/b/waterdorp/tokens/", "/people/", "/account/", "/"):
        assert asks.get(address).status_code == 404, address
    assert token not in client.get("/b/waterdorp/tokens/").content.decode()
    assert token not in str(list(Token.objects.values_list()))
    assert client.get("/b/waterdorp/tokens/?as=json").json()["tokens"][0]["used"]


def test_a_token_that_ended_or_was_revoked_does_nothing(person: Callable[..., Any]) -> None:
    from custodiet.web.accounts.tokens import find_token
    from custodiet.web.store.models import Token

    client, now = person("administrator"), datetime.now(UTC)
    token = made(client, days=1)
    assert find_token(token, now + timedelta(hours=23)) and not find_token(token, now + timedelta(hours=25))
    assert client.post("/b/waterdorp/tokens/revoke/", {"token": Token.objects.get().number}).status_code == 302
    assert logged()[:2] == ("token revoked", "waterdorp")
    answer = program(token).get("/b/waterdorp/devices/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert program("custodiet_made_up").get("/b/waterdorp/").status_code == 401


def test_a_deed_by_a_token_needs_the_right_and_no_form(person: Callable[..., Any], monkeypatch: Any) -> None:
    """With a deed of this test, since which deeds there are is not what it is about."""
    from django.contrib.sessions.middleware import SessionMiddleware
    from django.http import Http404
    from django.test import RequestFactory

    from custodiet.web import log
    from custodiet.web.accounts.tokens import Bearer
    from custodiet.web.page import Deed, Nothing, answers
    from custodiet.web.rights import Right

    def do(asked: Any) -> str:
        log.write(who=asked.person.email, what="done", body=asked.estate.id)
        return "/"

    deed = Deed(name="x", path="x/", says="x", right=Right.EDIT, form=Nothing, do=do)

    def asks(token: str, body: str = "waterdorp") -> Any:
        request = RequestFactory().post("/", headers={"Authorization": f"Bearer {token}"})
        view = Bearer(lambda one: answers(deed)(one, body=body))
        return SessionMiddleware(view)(request)

    client = person("administrator")
    editor = made(client, "see", "edit")
    assert asks(editor).status_code == 302
    what, body, who = logged()
    assert (what, body) == ("done", "waterdorp")
    assert re.fullmatch(r"token \d+: sensor 1", who)
    for token, where in ((editor, "geheimstad"), (made(client, "see"), "waterdorp")):
        with pytest.raises(Http404):
            asks(token, where)


def test_what_is_kept_for_a_person_is_not_kept_for_a_token(person: Callable[..., Any]) -> None:
    asks = program(made(person("administrator"), "see", "edit"))
    assert asks.get("/b/waterdorp/devices/views/").status_code == 405
    assert asks.post("/b/waterdorp/devices/views/", {"name": "x", "question": ""}).status_code == 404


def test_the_cookie_beside_a_token_counts_for_nothing(person: Callable[..., Any]) -> None:
    client = person("administrator")
    token = made(client)
    asks = program(token)
    asks.cookies = client.cookies
    assert asks.get("/b/waterdorp/tokens/").status_code == 404
    assert asks.post("/account/about/", {"name": "taken over"}).status_code == 404
    assert client.get("/b/waterdorp/tokens/").status_code == 200, "nor does the token change the session"


def test_the_description_says_where_a_token_works(person: Callable[..., Any]) -> None:
    told = person("viewer").get("/openapi.json").json()
    assert told["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert told["paths"]["/b/{body}/devices/"]["get"]["security"] == [{"session": []}, {"token": []}]
    assert told["paths"]["/people/"]["get"]["security"] == [{"session": []}]


@pytest.mark.parametrize(
    "fields",
    [
        {"rights": ["administer"]},
        {"rights": ["see", "fly"]},
        {},
        {"rights": ["audit"]},
        {"rights": ["see"], "days": 367},
        {"rights": ["see"], "days": 0},
        {"rights": ["see"], "label": ""},
    ],
)
def test_tokens_that_are_not_made(person: Callable[..., Any], fields: dict[str, Any]) -> None:
    from custodiet.web.store.models import Token

    client = person("administrator")
    assert client.post("/b/waterdorp/tokens/make/", {"label": "x", "days": 1, **fields}).status_code == 400
    assert not Token.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "editor", "decider", "auditor"])
def test_only_administrators_of_the_body_make_tokens(person: Callable[..., Any], role: str) -> None:
    client = person(role)
    assert client.post("/b/waterdorp/tokens/make/", {"label": "x", "rights": ["see"], "days": 1}).status_code == 404


def test_who_cannot_sign_in_any_more_is_let_in_from_the_command_line(person: Callable[..., Any]) -> None:
    from django.test import Client

    from custodiet.errors import UsageError
    from custodiet.web.accounts.links import let_in_again
    from custodiet.web.accounts.second import factors_of
    from custodiet.web.store.models import Codes, Logged, Person, Recovery

    client = person("", administrator=True)
    one, now = Person.objects.get(pk=id_of(client)), datetime.now(UTC)
    Codes.objects.create(person=one, secret=b"x", since=now)
    Recovery.objects.create(person=one, digest="x")
    link = let_in_again(one.email, by="custodiet serve --new-link")
    assert client.get("/account/").status_code == 302 and factors_of(one) == (False, 0)
    rows = Logged.objects.order_by("-number").values_list("what", "about", "who")[:2]
    assert {row[0] for row in rows} == {"link made", "second factors taken away"}
    assert {row[1:] for row in rows} == {(one.email, "custodiet serve --new-link")}
    chosen, browser = {"password": "a whale in the canal", "again": "a whale in the canal"}, Client()
    assert browser.post(link, chosen)["Location"] == "/" and browser.get("/people/").status_code == 200
    assert Client().get(link).status_code == 404
    for email in ("nobody@example.org", email_of(person("viewer"))):
        Person.objects.filter(email=email).update(is_active=False)
        with pytest.raises(UsageError) as told:
            let_in_again(email, by="x")
        assert one.email in told.value.next_step


def test_an_address_is_changed_and_who_signs_in_by_it_stays_who_they_are(person: Callable[..., Any]) -> None:
    from custodiet.web.first import first_administrator
    from custodiet.web.store.models import Body, Logged, Person, Work

    client, other = fresh(person("", administrator=True)), person("editor")
    old, there = email_of(client), email_of(other)
    fields = {
        "asset": "a",
        "label": "A",
        "kind": "remove",
        "owner": old,
        "state": "open",
        "who": old,
        "at": datetime.now(UTC),
    }
    Work.objects.create(body=Body.objects.get(id="waterdorp"), **fields)
    sent = {"person": id_of(client), "email": "Chief@Example.org"}
    assert other.post("/people/address/", sent).status_code == 404
    assert client.post("/people/address/", sent).status_code == 302
    assert "chief@example.org" in client.get("/people/").content.decode() and email_of(client) == "chief@example.org"
    assert Work.objects.get(asset="a").owner == "chief@example.org"
    row = Logged.objects.order_by("-number")[0]
    assert (row.what, row.about, row.who) == ("address changed", "chief@example.org", old) and old in row.said
    for wrong in (there, "no address"):
        assert client.post("/people/address/", {**sent, "email": wrong}).status_code == 400
    count = Person.objects.count()
    first_administrator()
    assert Person.objects.count() == count  # the first administrator has another address, and is not made anew


def test_who_did_not_use_the_invitation_is_marked(person: Callable[..., Any]) -> None:
    from django.test import Client

    client, told = person("", administrator=True), "did not use the invitation yet"
    assert told not in client.get("/people/").content.decode()
    client.post("/people/invite/", {"email": "new@example.org", "name": "New"})
    page = client.get("/people/").content.decode()
    link = re.search(r"http://testserver(/welcome/[^<]+)<", page)
    assert link and page.count(told) == 1
    Client().post(link[1], {"password": "a whale in the canal", "again": "a whale in the canal"})
    assert told not in client.get("/people/").content.decode()

"""Signing in: guessing is slow and tells nothing, sessions get new keys, a second factor follows the password."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

PASSWORD = "a whale in the canal"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def somebody(web: None) -> Any:
    """A person with a password."""
    from custodiet.web.store.models import Person

    one = Person(email="some@example.org", name="Somebody")
    one.set_password(PASSWORD)
    one.save()
    return one


def browser() -> Any:
    from django.test import Client

    return Client()


def tries(client: Any, email: str = "some@example.org", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"email": email, "password": password, **more})


def text_of(answer: Any) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1", answer.content.decode())


def test_each_try_after_the_fifth_waits_twice_as_long(web: None) -> None:
    from custodiet.web.accounts.throttle import LONGEST, Aim, begin

    aim, now, waited = Aim("account", "some@example.org"), NOON, []
    for _ in range(16):
        wait = begin(now, aim)
        if wait:
            assert begin(now + timedelta(seconds=wait - 1), aim) == 1, "a second too early is too early"
            now += timedelta(seconds=wait)
            assert begin(now, aim) == 0
        waited.append(wait)
    assert waited == [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST, LONGEST]


def test_tries_at_the_same_moment_all_count(started: None) -> None:
    """In threads with a connection each, so nothing is taken back by itself."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    from custodiet.web.accounts.throttle import Aim, begin, forgive

    aim, together = Aim("account", "many@example.org"), Barrier(12)

    def one(_: int) -> int:
        together.wait(10)
        try:
            return begin(NOON, aim)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        told = sorted(pool.map(one, range(12)))
    forgive(aim)
    assert told == [0] * 5 + [2] * 7


def test_asking_while_one_waits_makes_it_no_longer(web: None) -> None:
    from custodiet.web.accounts.throttle import Aim, begin

    aim = Aim("account", "some@example.org")
    assert [begin(NOON, aim) for _ in range(105)] == [0] * 5 + [2] * 100
    assert begin(NOON + timedelta(seconds=2), aim) == 0


def test_an_office_has_more_tries_than_an_account(web: None) -> None:
    from custodiet.web.accounts.throttle import FREE, Aim, begin

    office = Aim("origin", "192.0.2.7")
    told = [begin(NOON, Aim("account", f"{one}@example.org"), office) for one in range(FREE["origin"] + 1)]
    assert told == [0] * FREE["origin"] + [2]
    assert begin(NOON, Aim("account", "0@example.org"), Aim("origin", "192.0.2.8")) == 0


def test_a_day_later_all_is_forgotten(web: None) -> None:
    from custodiet.web.accounts.throttle import Aim, begin
    from custodiet.web.store.models import Tried

    aim = Aim("account", "some@example.org")
    for _ in range(6):
        begin(NOON, aim)
    assert begin(NOON + timedelta(hours=25), Aim("account", "other@example.org")) == 0
    assert not Tried.objects.filter(key=aim.key).exists()


def test_an_own_account_buys_no_guesses_at_others(web: None) -> None:
    from custodiet.web.accounts.throttle import FREE, Aim, begin, forgive

    here, mine = Aim("origin", "192.0.2.7"), Aim("account", "mine@example.org")
    for one in range(FREE["origin"]):
        assert begin(NOON, mine, here) == 0
        forgive(mine, here)
        assert begin(NOON, Aim("account", f"{one}@example.org"), here) == 0
    assert begin(NOON, mine, here) > 0


def test_addresses_of_one_network_are_one_origin() -> None:
    from custodiet.web.accounts.throttle import origin

    def of(address: str) -> Any:
        return origin(type("Request", (), {"META": {"REMOTE_ADDR": address}})())

    assert of("2001:db8:1:2::3") == of("2001:db8:1:2:ffff::4")
    assert of("2001:db8:1:2::3") != of("2001:db8:1:3::3")
    assert of("192.0.2.7") != of("192.0.2.8")


@pytest.mark.parametrize("kind", ["wrong", "blocked", "without password", "nobody"])
def test_no_answer_tells_whether_there_is_an_account(somebody: Any, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    if kind == "without password":
        somebody.set_unusable_password()
    somebody.is_active = kind != "blocked"
    somebody.save()
    hashed, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *told: hashed.append(1) or encode(*told))
    email = "nobody@example.org" if kind == "nobody" else somebody.email
    client = browser()
    told = [tries(client, email, PASSWORD if kind == "blocked" else "wrong") for _ in range(6)]
    assert [one.status_code for one in told] == [403] * 5 + [429]
    assert len(hashed) == 5, "each try that is looked at costs one hash, and one that waits costs none"
    assert {text_of(one) for one in told[:5]} == {text_of(tries(browser_elsewhere(), "n@example.org", "wrong"))}
    assert "Too many tries" in text_of(told[5])


def browser_elsewhere() -> Any:
    from django.test import Client

    return Client(REMOTE_ADDR="192.0.2.99")


def test_who_waits_is_not_let_in_with_the_right_password(somebody: Any) -> None:
    for _ in range(5):
        tries(browser(), password="wrong")
    assert tries(browser()).status_code == 429
    assert tries(browser_elsewhere()).status_code == 429, "the account waits wherever the next try comes from"


def test_the_key_of_the_session_changes(somebody: Any) -> None:
    client = browser()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["session"] = before
    assert tries(client).status_code == 302
    assert client.cookies["session"].value != before
    from custodiet.web.store.models import Session

    assert not Session.objects.filter(session_key=before).exists()


def test_only_addresses_of_ours_are_gone_to(somebody: Any) -> None:
    assert tries(browser(), next="/b/waterdorp/")["Location"] == "/b/waterdorp/"
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert tries(browser(), next=elsewhere)["Location"] == "/"


def test_a_new_password_ends_all_other_sessions(somebody: Any) -> None:
    here, there = browser(), browser()
    tries(here), tries(there)
    assert there.get("/account/").status_code == 200
    new = "another whale in the canal"
    answer = here.post("/account/password/", {"old": PASSWORD, "new": new, "again": new}, follow=True)
    assert "is changed" in text_of(answer)
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert tries(browser()).status_code == 403
    assert tries(browser(), password=new).status_code == 302


def test_the_old_password_is_asked_for_and_guessing_it_is_slow(somebody: Any) -> None:
    client = browser()
    tries(client)
    new = {"new": "another whale in the canal", "again": "another whale in the canal"}
    told = [client.post("/account/password/", {"old": "wrong", **new}, follow=True) for _ in range(6)]
    assert ["not right" in text_of(one) for one in told] == [True] * 5 + [False]
    assert "Too many tries" in text_of(told[5])
    somebody.refresh_from_db()
    assert somebody.check_password(PASSWORD)


def test_sessions_are_listed_and_ended_one_by_one(somebody: Any) -> None:
    from django.test import Client

    here, there = browser(), Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0"})
    tries(here), tries(there)
    listed = here.get("/account/?as=json").json()["signed_in"]
    assert sorted((one["browser"], one["this"]) for one in listed) == [("", True), ("Firefox, Linux", False)]
    assert not any(there.cookies["session"].value in one["id"] for one in listed)
    here.post("/account/sessions/", {"session": next(one["id"] for one in listed if not one["this"])})
    assert (here.get("/account/").status_code, there.get("/account/").status_code) == (200, 302)


def test_sessions_that_ended_are_taken_out(somebody: Any) -> None:
    from custodiet.web.store.models import Session

    tries(browser()), tries(browser())
    assert Session.objects.filter(person=somebody).count() == 2
    Session.objects.filter(person=somebody).update(expire_date=NOON - timedelta(days=400))
    tries(browser())
    assert Session.objects.filter(person=somebody).count() == 1


def test_a_blocked_person_is_out_at_once(somebody: Any) -> None:
    client = browser()
    tries(client)
    type(somebody).objects.filter(pk=somebody.pk).update(is_active=False)
    assert client.get("/account/").status_code == 302


def with_app(one: Any) -> bytes:
    from custodiet.web.accounts import totp

    secret = totp.new_secret()
    totp.turn_on(one, secret, 0, NOON)
    return secret


def code(secret: bytes) -> str:
    from custodiet.web.accounts.totp import STEP, code_at

    return code_at(secret, int(datetime.now(UTC).timestamp()) // STEP)


def test_the_password_alone_is_not_enough(somebody: Any) -> None:
    secret, client = with_app(somebody), browser()
    answer = tries(client, next="/b/waterdorp/")
    assert answer["Location"] == "/sign-in/second/"
    assert client.get("/account/").status_code == 302, "nobody is signed in between the two steps"
    now = code(secret)
    told = client.post("/sign-in/second/", {"code": f"{now[:3]} {now[3:]}"})
    assert (told.status_code, told["Location"]) == (302, "/b/waterdorp/")
    assert client.get("/account/").status_code == 200
    again = browser()
    tries(again)
    assert again.post("/sign-in/second/", {"code": now}).status_code == 403, "a code works once"


def test_guessing_codes_is_slow_in_every_browser(somebody: Any) -> None:
    secret = with_app(somebody)
    for _ in range(5):
        client = browser()
        tries(client)
        assert client.post("/sign-in/second/", {"code": "000000"}).status_code in (302, 403)
    client = browser()
    tries(client)
    assert client.post("/sign-in/second/", {"code": code(secret)}).status_code == 429


def test_the_second_step_ends_with_a_new_password_and_with_time(somebody: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web.accounts import second

    with_app(somebody)
    client = browser()
    tries(client)
    somebody.set_password("another whale in the canal")
    somebody.save()
    assert client.get("/sign-in/second/")["Location"] == "/sign-in/"
    client = browser()
    tries(client, password="another whale in the canal")
    assert client.get("/sign-in/second/").status_code == 200
    monkeypatch.setattr(second, "WITHIN", timedelta(0))
    assert client.get("/sign-in/second/")["Location"] == "/sign-in/"


def test_where_two_are_asked_for_a_password_alone_shows_nothing(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec
    from django.conf import settings

    from custodiet.web.store.models import Person

    one = Person.objects.get(pk=person("administrator", administrator=True).session["_auth_user_id"])
    one.set_password(PASSWORD)
    one.save()
    client = browser()
    tries(client, one.email)
    assert client.get("/b/waterdorp/").status_code == 200
    monkeypatch.setattr(settings, "CUSTODIET", msgspec.structs.replace(settings.CUSTODIET, second_factor=True))
    for address in ("/", "/b/waterdorp/", "/people/", "/b/no-such-body/"):
        assert client.get(f"{address}?as=json").status_code == 403
        assert "second factor is asked for" in text_of(client.get(address, follow=True))
    assert client.post("/people/invite/", {"email": "new@example.org", "name": "x"})["Location"] == "/account/"
    secret = with_app(one)
    client = browser()
    tries(client, one.email)
    client.post("/sign-in/second/", {"code": code(secret)})
    assert client.get("/b/waterdorp/").status_code == 200


def test_a_recovery_code_works_once(somebody: Any) -> None:
    from custodiet.web.accounts import recovery

    with_app(somebody)
    one = recovery.make_codes(somebody)[0]
    for status in (302, 403):
        client = browser()
        tries(client)
        assert client.post("/sign-in/second/", {"code": one.upper()}).status_code == status
    assert recovery.left_of(somebody) == recovery.HOW_MANY - 1


def test_a_link_for_a_password_does_not_pass_by_the_second_factor(somebody: Any) -> None:
    from custodiet.web.accounts import make_link

    with_app(somebody)
    chosen = {"password": "another whale in the canal", "again": "another whale in the canal"}
    answer = browser().post(make_link(somebody), chosen)
    assert answer["Location"] == "/sign-in/second/"


def test_the_log_tells_of_each(somebody: Any, person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Logged

    tries(browser(), password="wrong"), tries(browser())
    told = list(Logged.objects.order_by("-number").values_list("what", "who")[:2])
    assert told == [("signed in", "some@example.org"), ("sign-in refused", "some@example.org")]
    assert PASSWORD not in str(list(Logged.objects.values_list()))


def test_who_has_one_body_comes_straight_to_it(somebody: Any) -> None:
    from django.test import Client

    from custodiet.web.store.models import Body, Membership

    for body, where in (("", "/"), ("waterdorp", "/b/waterdorp/"), ("geheimstad", "/")):
        if body:
            Membership.objects.create(person=somebody, body=Body.objects.get(id=body), role="viewer")
        assert tries(Client())["Location"] == where
    assert tries(Client(), next="/account/")["Location"] == "/account/"

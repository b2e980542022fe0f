"""Passwords that are tried first are refused and no others, and sessions end: idle, old, or by hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "a whale in the canal"


@pytest.fixture
def somebody(web: None) -> Any:
    """A person with a password, who has a role in a body."""
    from custodiet.web.store.models import Body, Membership, Person

    one = Person(email="some@example.org", name="Joke Verhagen")
    one.set_password(PASSWORD)
    one.save()
    Membership.objects.create(person=one, body=Body.objects.get(id="waterdorp"), role="viewer")
    return one


def signed_in(password: str = PASSWORD) -> Any:
    from django.test import Client

    client = Client()
    client.post("/sign-in/", {"email": "some@example.org", "password": password})
    return client


def setting(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """A start with another configuration."""
    import msgspec
    from django.conf import settings

    monkeypatch.setattr(settings, "CUSTODIET", msgspec.structs.replace(settings.CUSTODIET, **changed))


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "123456789012",
        "passwordpassword",
        "iloveyou1234",
        "qwertyuiop12",
        "1q2w3e4r5t6y",
        "aaaaaaaaaaaaaaaa",
        "welkom12345678",
        "P@ssw0rdP@ssw0rd",
        "some@example.org",
        "JokeVerhagen2026",
        "Custodiet2026!",
        "beheerder-waterdorp",
        "Waterdorp2026!!",
        "testserver2026",
        "x" * 1001,
    ],
    ids=lambda told: told[:20],
)
def test_what_is_tried_first_is_no_password(somebody: Any, password: str) -> None:
    from custodiet.web.accounts.links import faults_of

    assert faults_of(password, password, somebody)
    client = signed_in()
    client.post("/account/password/", {"old": PASSWORD, "new": password, "again": password})
    somebody.refresh_from_db()
    assert somebody.check_password(PASSWORD)


@pytest.mark.parametrize(
    "password", ["  zin met spaties erom  ", "ÅÆØ 鯨の運河 🐋🐋 drijft", "kapotteparapluvogelhuis"]
)
def test_all_characters_count_and_as_many_as_one_likes(somebody: Any, password: str) -> None:
    from django.test import Client

    from custodiet.web.accounts import make_link

    client = Client()

    def opens(one: str) -> bool:
        client.cookies.clear()
        client.post("/sign-in/", {"email": "some@example.org", "password": one})
        return bool(client.get("/account/").status_code == 200)

    for one in (password, password + "wie leest dit nog na" * 40):
        assert client.post(make_link(somebody), {"password": one, "again": one}).status_code == 302
        for other in (one[:-1], one.swapcase(), one + " "):
            assert not opens(other), f"{other!r} opens what {one!r} closed"
        assert opens(one)


def test_the_word_that_is_tried_first_is_named(somebody: Any) -> None:
    from django.utils import translation

    from custodiet.web.accounts.links import faults_of

    with translation.override("en"):
        told = " ".join(faults_of("gemeente2026!!99", "gemeente2026!!99", somebody))
        assert "“gemeente”" in told
        assert "“" not in " ".join(faults_of("aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaa", somebody))


def test_a_password_of_a_breach_is_refused(somebody: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web.accounts.links import faults_of

    known = "vier rode stoepkrijtjes"
    assert not faults_of(known, known, somebody)
    listed = tmp_path / "breached.txt"
    listed.write_text(f"{hashlib.sha1(known.encode()).hexdigest().upper()}:3\n")
    setting(monkeypatch, breached=listed)
    assert "breach" in " ".join(faults_of(known, known, somebody))
    assert not faults_of("vijf rode stoepkrijtjes", "vijf rode stoepkrijtjes", somebody)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_line_of_a_list_is_found_and_no_other(tmp_path: Path, end: str) -> None:
    from custodiet.web.accounts.passwords import stands_in

    digests = sorted(hashlib.sha1(str(one).encode()).hexdigest().upper() for one in range(500))
    path = tmp_path / "list"
    told = end.join(f"{digest}:{number**3}" for number, digest in enumerate(digests[::2]))
    for text in (told, told + end):
        path.write_bytes(text.encode())
        assert [stands_in(path, digest.encode()) for digest in digests] == [True, False] * 250
    path.write_bytes(b"")
    assert not stands_in(path, digests[0].encode())


def test_fields_hide_a_password_and_let_a_program_fill_it_in(somebody: Any) -> None:
    import lxml.html
    from django.test import Client

    from custodiet.web.accounts import make_link

    fields = []
    for client, address in ((Client(), "/sign-in/"), (Client(), make_link(somebody)), (signed_in(), "/account/")):
        tree = lxml.html.fromstring(client.get(address).content)
        fields += [one for one in tree.iter("input") if one.get("name") in ("password", "again", "old", "new")]
    assert len(fields) == 6
    for one in fields:
        assert one.get("type") == "password" and one.get("autocomplete") in ("current-password", "new-password")
        assert not [name for name in one.attrib if name.startswith("on") or name in ("readonly", "maxlength")]


def later(client: Any, **by: float) -> None:
    """Let so much time pass for the session of a browser: its end comes nearer, and its beginning is longer ago."""
    from custodiet.web.store.models import Session

    row = Session.objects.get(session_key=client.cookies["session"].value)
    store = client.session
    store["since"] = (datetime.fromisoformat(store["since"]) - timedelta(**by)).isoformat(timespec="seconds")
    Session.objects.filter(pk=row.pk).update(
        expire_date=row.expire_date - timedelta(**by), session_data=store.encode(dict(store.items()))
    )


def test_a_session_ends_when_nothing_is_asked(somebody: Any) -> None:
    asks, idle = signed_in(), signed_in()
    for client in (asks, idle):
        later(client, minutes=40)
    assert asks.get("/account/").status_code == 200
    for client in (asks, idle):
        later(client, minutes=40)
    assert asks.get("/account/").status_code == 200
    assert idle.get("/account/")["Location"].startswith("/sign-in/?next=")


def test_a_page_that_asks_by_itself_is_nobody(somebody: Any) -> None:
    """As that of an import does while it is read."""
    import custodiet.web
    from custodiet.web.accounts import sessions

    templates = (Path(custodiet.web.__file__).parent / "templates").glob("*.html")
    told = "".join(path.read_text(encoding="utf-8") for path in templates)
    polled = re.findall(r'<\w+ id="(\w+)"[^>]*\bhx-trigger="every', told)
    assert len(polled) == told.count('hx-trigger="every') >= 1
    assert set(polled) == set(sessions._BY_ITSELF)
    client = signed_in()
    for _ in range(2):
        later(client, minutes=31)
        answer = client.get("/b/waterdorp/", headers={"HX-Request": "true", "HX-Trigger": polled[0]})
    assert answer.status_code == 302


def test_how_long_is_up_to_the_installation(somebody: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    setting(monkeypatch, idle=5)
    client = signed_in()
    later(client, minutes=6)
    assert client.get("/account/").status_code == 302


def test_a_session_ends_after_twelve_hours_whatever_is_asked(somebody: Any) -> None:
    from custodiet.web.accounts.sessions import LONGEST

    assert timedelta(hours=12) == LONGEST
    client = signed_in()
    for _ in range(17):  # each time something is kept in the session too, which writes it anew
        later(client, minutes=42)
        client.post("/account/about/", {"name": "Joke", "language": ""})
        assert client.get("/account/").status_code == 200
    later(client, minutes=10)
    assert client.get("/account/").status_code == 302


def test_who_asks_all_the_time_is_written_down_once_a_minute(somebody: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get("/b/waterdorp/")
    assert not [one for one in asked if one["sql"].startswith("UPDATE")]
    later(client, minutes=2)
    with CaptureQueriesContext(connection) as asked:
        client.get("/b/waterdorp/"), client.get("/b/waterdorp/")
    assert len([one for one in asked if one["sql"].startswith("UPDATE")]) == 1


def test_sessions_elsewhere_are_ended_by_who_signed_in_just_now(somebody: Any) -> None:
    here, there = signed_in(), signed_in()
    later(here, minutes=20)
    told = here.post("/account/sessions/", follow=True).content.decode()
    assert "Sign in again first" in told
    assert there.get("/account/").status_code == 200
    signed_in().post("/account/sessions/")
    assert there.get("/account/").status_code == 302


def test_an_administrator_signs_somebody_out(somebody: Any, person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Logged

    theirs, administrator = signed_in(), person("", administrator=True)
    administrator.post("/people/change/", {"person": somebody.pk, "do": "out"})
    assert theirs.get("/account/").status_code == 302
    assert Logged.objects.order_by("-number").values_list("what", "about")[0] == (
        "signed out everywhere", "some@example.org"
    )  # fmt: skip
    assert administrator.get("/people/").status_code == 200


def test_a_session_that_was_signed_out_is_gone(somebody: Any) -> None:
    from django.test import Client

    client, thief = signed_in(), Client()
    thief.cookies["session"] = client.cookies["session"].value
    assert thief.get("/account/").status_code == 200
    answer = client.post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert thief.get("/account/").status_code == 302


def test_keys_of_sessions_are_long_and_random(somebody: Any) -> None:
    keys = {signed_in().cookies["session"].value for _ in range(4)}
    assert len(keys) == 4
    assert all(re.fullmatch(r"[a-z0-9]{32}", key) for key in keys), "36 ** 32 is more than 2 ** 165"


def test_what_the_environment_says_of_it(tmp_path: Path) -> None:
    from custodiet.errors import UsageError
    from custodiet.web.config import read_config

    def two(**environ: str) -> bool:
        return read_config(tmp_path, environ).second_factor

    assert not two(), "who tries it on their own machine is let in"
    assert two(CUSTODIET_HOSTS="cameras.example.org") and two(CUSTODIET_HTTPS="1")
    assert not two(CUSTODIET_HOSTS="cameras.example.org", CUSTODIET_SECOND_FACTOR="0")
    assert read_config(tmp_path, {"CUSTODIET_SESSION_IDLE": "15"}).idle == 15
    for name, wrong in (
        ("CUSTODIET_SESSION_IDLE", "0"),
        ("CUSTODIET_SESSION_IDLE", "1e3"),
        ("CUSTODIET_BREACHED_PASSWORDS", str(tmp_path / "missing")),
        ("CUSTODIET_METRICS_TOKEN", "short"),
        ("CUSTODIET_PROXY", "proxy.internal"),
        ("CUSTODIET_PROXY", "*"),
    ):
        with pytest.raises(UsageError):
            read_config(tmp_path, {name: wrong})


def test_now_is_told_in_utc(somebody: Any) -> None:
    from custodiet.web.store.models import Logged

    signed_in()
    row = Logged.objects.order_by("-number")[0]
    assert row.at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - row.at) < timedelta(minutes=1)


def test_secrets_may_stand_in_files(tmp_path: Path) -> None:
    """As a safe, systemd or a container hands them out."""
    from custodiet.errors import UsageError
    from custodiet.web.config import read_config
    from custodiet.web.environment import SECRETS, with_files

    kept = tmp_path / "kept"
    kept.write_text("postgresql://u:p@127.0.0.1/x\n")
    empty = tmp_path / "empty"
    empty.touch()
    for name in SECRETS:
        assert with_files({f"{name}_FILE": str(kept)})[name] == "postgresql://u:p@127.0.0.1/x"
        with pytest.raises(UsageError, match="twice"):
            with_files({f"{name}_FILE": str(kept), name: "x"})
        with pytest.raises(UsageError, match="cannot be read"):
            with_files({f"{name}_FILE": str(tmp_path / "missing")})
        # a server that should be on PostgreSQL must not begin with an embedded database
        with pytest.raises(UsageError, match="is empty"):
            with_files({f"{name}_FILE": str(empty)})
    told = read_config(tmp_path, {"CUSTODIET_DATABASE_URL_FILE": str(kept)})
    assert told.database == "postgresql://u:p@127.0.0.1/x"

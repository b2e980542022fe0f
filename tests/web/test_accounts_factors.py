"""Codes of an app and on paper: the examples of the standard, each code once, and tables that let nobody in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

RFC_6238 = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
"""Appendix B, SHA-1; the last six of its eight digits."""
KEY = b"12345678901234567890"
PASSWORD = "a whale in the canal"


@pytest.fixture
def client(web: None) -> Any:
    """A person with a password who signed in just now."""
    from django.test import Client

    from custodiet.web.store.models import Person

    one = Person(email="some@example.org", name="Somebody")
    one.set_password(PASSWORD)
    one.save()
    made = Client()
    made.post("/sign-in/", {"email": one.email, "password": PASSWORD})
    made.person = one
    return made


@pytest.mark.parametrize(("second", "code"), RFC_6238)
def test_the_examples_of_the_standard(started: None, second: int, code: str) -> None:
    from custodiet.web.accounts.totp import code_at, step_of

    assert code_at(KEY, second // 30) == code
    assert step_of(KEY, code, datetime.fromtimestamp(second, UTC)) == second // 30


@pytest.mark.parametrize(("off", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_off_by_half_a_minute(started: None, off: int, right: bool) -> None:
    from custodiet.web.accounts.totp import step_of

    now = datetime.fromtimestamp(1111111109, UTC) + timedelta(seconds=off)
    assert (step_of(KEY, "081804", now) is not None) == right


@pytest.mark.parametrize("typed", ["", "28708", "2870820", "٢٨٧٠٨٢", "287082\0", "-87082"])
def test_what_is_no_code_is_refused(started: None, typed: str) -> None:
    from custodiet.web.accounts.totp import step_of

    assert step_of(KEY, typed, datetime.fromtimestamp(59, UTC)) is None


def test_a_code_and_those_before_it_work_once(client: Any) -> None:
    from custodiet.web.accounts import totp

    now = datetime.fromtimestamp(1_000_000_015, UTC)
    step = int(now.timestamp()) // totp.STEP
    totp.turn_on(client.person, KEY, step - 5, now)
    assert totp.accept(client.person, totp.code_at(KEY, step), now)
    assert not totp.accept(client.person, totp.code_at(KEY, step), now)
    assert not totp.accept(client.person, totp.code_at(KEY, step - 1), now)
    assert totp.accept(client.person, totp.code_at(KEY, step + 1), now + timedelta(seconds=30))


def test_the_secret_is_sealed_for_its_owner(client: Any) -> None:
    from custodiet.web.accounts import totp
    from custodiet.web.store.models import Codes, Person

    now = datetime.fromtimestamp(1_000_000_015, UTC)
    totp.turn_on(client.person, KEY, 0, now)
    kept = Codes.objects.get(person=client.person)
    assert KEY not in bytes(kept.secret)
    other = Person.objects.create(email="other@example.org", name="Other")
    Codes.objects.create(person=other, secret=kept.secret, step=0, since=now)
    code = totp.code_at(KEY, int(now.timestamp()) // totp.STEP)
    assert not totp.accept(other, code, now), "a row copied to somebody else opens nothing"
    assert totp.accept(client.person, code, now)


def test_what_is_sealed_opens_for_its_purpose_alone(started: None) -> None:
    from custodiet.web.accounts.sealed import seal, unseal

    kept = seal(b"words", "one")
    assert unseal(kept, "one") == b"words"
    assert unseal(kept, "two") is None
    assert unseal(kept[:-1] + bytes([kept[-1] ^ 1]), "one") is None
    assert unseal(b"", "one") is None
    assert seal(b"words", "one") != kept


def test_setting_up_an_app(client: Any) -> None:
    from base64 import b32decode

    from custodiet.web.accounts.totp import STEP, code_at
    from custodiet.web.store.models import Codes, Recovery, Session

    assert client.get("/account/app/?as=json").json()["secret"] == ""
    client.post("/account/app/change/", {"do": "begin"})
    told = client.get("/account/app/?as=json").json()
    secret = b32decode(told["secret"].replace(" ", ""))
    assert told["picture"].startswith("<svg") and "style" not in told["picture"] and "script" not in told["picture"]
    assert told["secret"] in client.get("/account/app/").content.decode()
    assert told["secret"].replace(" ", "") not in str([row.get_decoded() for row in Session.objects.all()])
    client.post("/account/app/change/", {"do": "confirm", "code": "000000"})
    assert "not right" in client.get("/account/app/").content.decode()
    assert not Codes.objects.exists()
    code = code_at(secret, int(datetime.now(UTC).timestamp()) // STEP)
    client.post("/account/app/change/", {"do": "confirm", "code": code})
    once = client.get("/account/?as=json").json()["once"]
    assert len(once["secrets"]) == 8
    assert client.get("/account/?as=json").json()["once"] is None, "the codes are shown once"
    digests = set(Recovery.objects.values_list("digest", flat=True))
    assert len(digests) == 8 and not digests & set(once["secrets"])
    client.post("/account/app/change/", {"do": "off"})
    assert not Codes.objects.exists() and not Recovery.objects.exists()


def test_new_recovery_codes_make_the_old_ones_void(client: Any) -> None:
    from custodiet.web.accounts import recovery, totp

    totp.turn_on(client.person, KEY, 0, datetime.now(UTC))
    old = recovery.make_codes(client.person)
    client.post("/account/app/change/", {"do": "recovery"})
    new = client.get("/account/?as=json").json()["once"]["secrets"]
    assert not recovery.accept(client.person, old[0])
    assert recovery.accept(client.person, new[0])


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/account/app/change/", {"do": "begin"}),
        ("/account/app/change/", {"do": "off"}),
        ("/account/passkeys/change/", {"do": "begin"}),
        ("/account/passkeys/change/", {"do": "remove", "passkey": "1"}),
    ],
)
def test_who_signed_in_long_ago_changes_no_factor(client: Any, address: str, fields: dict[str, str]) -> None:
    from custodiet.web.accounts import totp
    from custodiet.web.store.models import Codes

    totp.turn_on(client.person, KEY, 0, datetime.now(UTC))
    session = client.session
    session["since"] = (datetime.now(UTC) - timedelta(minutes=16)).isoformat()
    session.save()
    answer = client.post(address, fields, follow=True)
    assert "Sign in again" in answer.content.decode()
    assert Codes.objects.count() == 1
    assert "passkey asked" not in client.session and "app begun" not in client.session


def test_recovery_codes_are_long_and_kept_as_digests(web: None) -> None:
    import re

    from custodiet.web.accounts import recovery, totp
    from custodiet.web.store.models import Person, Recovery

    codes = recovery.make_codes(Person.objects.create(email="codes@example.org", name="codes"))
    assert len(set(codes)) == recovery.HOW_MANY
    assert all(re.fullmatch(r"[a-z2-7]{26}", code.replace("-", "")) for code in codes), "32 ** 26 is 2 ** 130"
    kept = str(list(Recovery.objects.values_list()))
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]
    assert len({totp.new_secret() for _ in range(8)}) == 8 and len(totp.new_secret()) == 20

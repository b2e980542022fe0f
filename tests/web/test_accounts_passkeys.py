"""Passkeys with a device of our own, which can be made to lie; that of a real browser is in `test_accounts_browser`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from .authenticator import PRESENT, VERIFIED, Device, raw, text

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


def add(client: Any, device: Device, **more: str) -> str:
    """Adds a passkey, and gives the handle of its owner."""
    import msgspec

    client.post("/account/passkeys/change/", {"do": "begin"})
    asked = msgspec.json.decode(client.get("/account/passkeys/?as=json").json()["asked"])
    answer = {**device.make(asked["challenge"]), **more}
    client.post("/account/passkeys/change/", {"do": "add", "label": "Phone", **answer})
    return str(asked["user"]["id"])


def sign_in(device: Device, **more: str) -> tuple[int, Any]:
    """What signing in answers, and the browser."""
    from django.test import Client

    fresh = Client()
    asked = fresh.get("/sign-in/passkey/").json()
    assert asked["rpId"] == "testserver"
    answer = fresh.post("/sign-in/passkey/", {**device.use(asked["challenge"]), "next": "/account/", **more})
    return answer.status_code, fresh


@pytest.mark.parametrize("kind", ["P-256", "RSA"])
def test_a_passkey_is_added_and_lets_in(client: Any, kind: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "P-256" else rsa.generate_private_key(65537, 2048)
    device = Device(key=key)
    user = add(client, device)
    assert [one["label"] for one in client.get("/account/?as=json").json()["passkeys"]] == ["Phone"]
    status, fresh = sign_in(device, user=user)
    assert status == 302
    assert fresh.get("/account/?as=json").json()["email"] == "some@example.org"


def test_with_a_passkey_the_password_alone_is_not_enough(client: Any) -> None:
    from django.test import Client

    add(client, Device())
    answer = Client().post("/sign-in/", {"email": "some@example.org", "password": PASSWORD})
    assert answer["Location"] == "/sign-in/second/"


def test_a_removed_passkey_and_one_of_who_is_blocked_let_nobody_in(client: Any) -> None:
    from custodiet.web.store.models import Person

    device = Device()
    add(client, device)
    Person.objects.filter(pk=client.person.pk).update(is_active=False)
    assert sign_in(device)[0] == 403
    Person.objects.filter(pk=client.person.pk).update(is_active=True)
    assert sign_in(device)[0] == 302
    one = client.get("/account/?as=json").json()["passkeys"][0]["id"]
    assert one == text(device.id)  # no number, which would count those of everybody
    client.post("/account/passkeys/change/", {"do": "remove", "passkey": one})
    assert sign_in(device)[0] == 403


def test_nobody_removes_the_passkey_of_somebody_else(client: Any, person: Callable[..., Any]) -> None:
    from custodiet.web.store.models import Passkey

    add(client, Device())
    other = person("viewer")
    session = other.session
    session["since"] = client.session["since"]
    session.save()
    other.post("/account/passkeys/change/", {"do": "remove", "passkey": Passkey.objects.get().credential})
    assert Passkey.objects.count() == 1


def test_an_answer_counts_once(client: Any) -> None:
    from django.test import Client

    device = Device()
    add(client, device)
    fresh = Client()
    answer = device.use(fresh.get("/sign-in/passkey/").json()["challenge"])
    assert fresh.post("/sign-in/passkey/", answer).status_code == 302
    assert fresh.post("/sign-in/passkey/", answer).status_code == 403
    assert Client().post("/sign-in/passkey/", answer).status_code == 403
    other = Client()
    other.get("/sign-in/passkey/")
    assert other.post("/sign-in/passkey/", answer).status_code == 403


def test_a_copied_device_is_refused(client: Any) -> None:
    device = Device(counter=7)
    add(client, device)
    for counter, status in ((8, 302), (8, 403), (7, 403), (0, 403), (9, 302)):
        device.counter = counter
        assert sign_in(device)[0] == status


def test_an_answer_for_somebody_else_is_refused(client: Any) -> None:
    device = Device()
    add(client, device)
    assert sign_in(device, user="c29tZWJvZHkgZWxzZQ")[0] == 403
    assert sign_in(device, id="bm8gc3VjaCBrZXk")[0] == 403
    assert sign_in(Device(id=device.id))[0] == 403, "signed with another key"


LIES = {
    "another site": {"origin": "http://evil.example"},
    "another port": {"origin": "http://testserver:81"},
    "framed elsewhere": {"cross": True},
    "a key for another site": {"site": "evil.example"},
    "nobody was there": {"flags": VERIFIED},
    "nobody was checked": {"flags": PRESENT},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_lies_of_a_browser_or_a_device(client: Any, lie: dict[str, Any]) -> None:
    from custodiet.web.store.models import Passkey

    add(client, Device(**lie))
    assert not Passkey.objects.exists()
    honest = Device()
    add(client, honest)
    assert sign_in(Device(key=honest.key, **lie))[0] == 403
    assert sign_in(honest)[0] == 302


def test_keys_that_are_not_taken(started: None) -> None:
    from custodiet.web.accounts.passkeys import PasskeyError, Site, made

    site = Site("http://testserver", b"challenge")
    for key in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 1024)):
        told = raw(Device(key=key).make("Y2hhbGxlbmdl"))
        with pytest.raises(PasskeyError, match="not taken"):
            made(site, told["client"], told["authenticator"], told["public"])


def test_an_answer_to_another_question(started: None) -> None:
    from custodiet.web.accounts.passkeys import PasskeyError, Site, made, signed

    site, device = Site("http://testserver", b"challenge"), Device()
    told = raw(device.make("Y2hhbGxlbmdl", "webauthn.get"))
    with pytest.raises(PasskeyError, match="another question"):
        made(site, told["client"], told["authenticator"], told["public"])
    public = told["public"]
    told = raw(device.use("Y2hhbGxlbmdl", "webauthn.create"))
    with pytest.raises(PasskeyError, match="another question"):
        signed(site, told["client"], told["authenticator"], told["signature"], public)


@pytest.mark.parametrize("cut", range(0, 80, 3))
def test_whatever_is_cut_off_is_refused(started: None, cut: int) -> None:
    from custodiet.web.accounts.passkeys import PasskeyError, Site, made

    site, told = Site("http://testserver", b"challenge"), raw(Device().make("Y2hhbGxlbmdl"))
    short = told["authenticator"][: min(cut, 60)]
    with pytest.raises(PasskeyError):
        made(site, told["client"], short, told["public"])
    with pytest.raises(PasskeyError):
        made(site, told["client"][: cut % len(told["client"])], told["authenticator"], told["public"])
    with pytest.raises(PasskeyError):
        made(site, told["client"], told["authenticator"], told["public"][:cut])


def test_a_site_is_its_name_without_the_port(started: None) -> None:
    from custodiet.web.accounts.passkeys import Site

    told = {origin: Site(origin, b"").name for origin in ("https://a.example", "http://localhost:8000")}
    assert told == {"https://a.example": "a.example", "http://localhost:8000": "localhost"}

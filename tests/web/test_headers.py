"""What every answer carries, and how what is wrong is refused: addresses come from the registry and the resolver."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.fixture(autouse=True)
def _few_lines() -> Iterator[None]:
    logging.disable(logging.CRITICAL)  # refusals and faults are what these tests ask for
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a proxy that speaks HTTPS."""
    import msgspec
    from django.conf import settings

    from custodiet.web.settings import settings_of

    for name, value in settings_of(msgspec.structs.replace(settings.CUSTODIET, https=True)).items():
        if name.startswith(("SESSION_", "CSRF_", "SECURE_", "LANGUAGE_COOKIE_")):
            monkeypatch.setattr(settings, name, value)


def wrong_in(answer: Any, *, https: bool = False) -> list[str]:
    """What a header says that it should not say, or does not say."""
    told = [f"{name}: {answer.get(name)}" for name, value in ALWAYS.items() if answer.get(name) != value]
    policy = dict(part.strip().partition(" ")[::2] for part in answer.get("Content-Security-Policy", "").split(";"))
    if policy.get("default-src") != "'none'" or policy.get("frame-ancestors") != "'none'":
        told.append(f"policy {policy}")
    if policy.get("form-action") != "'self'" or policy.get("base-uri") != "'none'":
        told.append(f"policy {policy}")
    if {policy.get(name) for name in ("script-src", "style-src", "worker-src")} != {"'self'"}:
        told.append(f"policy {policy}")
    loose = [word for word in " ".join(policy.values()).split() if word not in ("'none'", "'self'", "data:")]
    if loose or "data:" in policy.get("script-src", "") + policy.get("style-src", ""):
        told.append(f"policy allows {loose or 'data: as script or style'}")
    if ("Strict-Transport-Security" in answer) != https:
        told.append("HSTS")
    if answer.get("Content-Type", "").startswith("text/") and "charset=" not in answer["Content-Type"]:
        told.append(f"{answer['Content-Type']} without its character set")
    if policy.get("object-src") != "'none'" or "Access-Control-Allow-Origin" in answer:
        told.append(f"policy {policy}")
    if "Server" in answer or "X-Powered-By" in answer:
        told.append("names the program")
    for name, cookie in answer.cookies.items():
        if not cookie["httponly"] or cookie["samesite"] not in ("Lax", "Strict") or bool(cookie["secure"]) != https:
            told.append(f"cookie {cookie.OutputString()}")
        if https != name.startswith("__Host-") or cookie["domain"] or cookie["path"] != "/":
            told.append(f"cookie {name}")
    return told


def everywhere(client: Any) -> list[str]:
    """An address of every page that links lead to, and of everything that is no page."""
    from django.urls import get_resolver

    from web.robot import PAGES, walk

    walked = walk(client)
    known = [address for name in walked.addresses if name in PAGES for address in walked.addresses[name][:1]]
    parts = [str(one.pattern) for one in get_resolver().url_patterns if one.name not in PAGES]
    return [*known, *("/" + part.replace("<str:token>", "x") for part in parts if "<" not in part or "token" in part)]


def test_every_answer_carries_them(person: Callable[..., Any]) -> None:
    from django.test import Client

    client, outside = person("administrator", administrator=True), Client()
    addresses = everywhere(client)
    assert {"/", "/b/waterdorp/", "/sign-in/", "/welcome/x/", "/health/ready", "/openapi.json"} <= set(addresses)
    for address in [*addresses, "/no-such-page", "/b/waterdorp/devices/?as=json", "/b/waterdorp/devices/?page=x"]:
        for one in (client, outside):
            answer, head = one.get(address), one.head(address)
            assert answer.status_code < 500, address
            assert not wrong_in(answer), (address, wrong_in(answer))
            assert not wrong_in(head), (address, wrong_in(head))
            assert head.status_code == answer.status_code, f"HEAD {address}"
            assert head.content == b"" or head.streaming
            if one is client and answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                assert b'action="/sign-out/"' in answer.content, f"no way to sign out on {address}"


def test_under_https_cookies_are_for_https(person: Callable[..., Any], https: None) -> None:
    from django.test import Client

    from custodiet.web.store.models import Person

    one = Person.objects.create(email="https@example.org", name="https")
    one.set_password("a whale in the canal")
    one.save()
    told = {"email": "https@example.org", "password": "a whale in the canal"}
    client = Client(headers={"X-Forwarded-Proto": "https"})
    first, answer = client.get("/sign-in/?language=nl"), client.post("/sign-in/", told)
    assert answer.status_code == 302
    assert {"__Host-session", "__Host-csrf", "__Host-language"} <= {*first.cookies, *answer.cookies}
    assert not wrong_in(first, https=True) + wrong_in(answer, https=True)


def test_other_sites_load_nothing_and_send_nothing(person: Callable[..., Any]) -> None:
    """What a browser says of who asks; a link from elsewhere still opens a page."""
    from custodiet.web.store.models import Logged

    client, before = person("administrator"), Logged.objects.count()
    for site in ("cross-site", "same-site"):
        for mode, kind in (("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe"), ("no-cors", "script")):
            told = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": kind}
            for address in ("/b/waterdorp/", "/b/waterdorp/devices/?as=csv", "/account/"):
                answer = client.get(address, headers=told)
                assert answer.status_code == 403 and not wrong_in(answer), (address, told)
        opened = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        assert client.get("/b/waterdorp/", headers=opened).status_code == 200
        assert client.post("/account/sessions/", headers=opened).status_code == 403
        assert client.post("/sign-out/", headers=opened).status_code == 403
    for site in ("same-origin", "none"):
        told = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
        assert client.get("/b/waterdorp/", headers=told).status_code == 200
    assert Logged.objects.count() == before


def test_what_is_no_page_is_none_in_a_browser(person: Callable[..., Any]) -> None:
    client = person("administrator")
    for address, kind in (
        ("/b/waterdorp/devices/?as=json", "application/json"),
        ("/b/waterdorp/devices/?as=csv", "text/csv; charset=utf-8"),
        ("/health/alive", "text/plain; charset=utf-8"),
        ("/openapi.json", "application/json"),
    ):
        answer = client.get(address)
        assert answer["Content-Type"] == kind
        assert "sandbox" in answer["Content-Security-Policy"] and not wrong_in(answer), address
    assert "sandbox" not in client.get("/b/waterdorp/")["Content-Security-Policy"]


def test_files_of_ours_say_what_they_are(web: None) -> None:
    from django.test import Client

    answer = Client().get("/static/web.css")
    assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
    assert answer["Content-Type"].startswith("text/css")
    assert "Content-Security-Policy" in answer
    answer.close()
    for address in ("/static/../settings.py", "/static/%2e%2e/settings.py", "/static/web.css/..;/x"):
        assert Client().get(address).status_code == 404


def test_a_form_without_its_token_does_nothing(monkeypatch: pytest.MonkeyPatch, person: Callable[..., Any]) -> None:
    """Every deed, and the few addresses beside the registry that take a form."""
    import msgspec
    from django.conf import settings
    from django.test import Client

    from custodiet.web.page import Deed
    from custodiet.web.store.models import Logged
    from web.robot import PAGES, walk

    client = person("administrator", administrator=True)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    walked, before = walk(client), Logged.objects.count()
    deeds = [
        form.address for name in walked.forms for form in walked.forms[name][:1] if isinstance(PAGES.get(name), Deed)
    ]
    for address in [*deeds, "/sign-in/", "/sign-out/", "/welcome/x/"]:
        answer = strict.post(address, {"email": "someone@example.org", "password": "x"})
        assert answer.status_code == 403, address
        assert b"was not sent from a page" in answer.content
        assert not wrong_in(answer), (address, wrong_in(answer))
    assert Logged.objects.count() == before
    monkeypatch.setattr(settings, "CUSTODIET", msgspec.structs.replace(settings.CUSTODIET, https=True))
    answer = strict.post("/sign-in/", {"email": "someone@example.org", "password": "x"})
    assert b"CUSTODIET_PROXY" in answer.content, "the proxy is not the one that is believed"
    told = strict.post("/sign-out/", headers={"Accept": "application/json"})
    assert (told.status_code, told["Content-Type"]) == (403, "application/json")
    assert "next_step" in told.json()


@pytest.mark.parametrize(
    "wanted",
    [
        "https://example.org/",
        "//example.org/",
        "///example.org",
        "/\\example.org",
        "\\\\example.org",
        "http:example.org",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/example.org",
        "https:///example.org",
        "http://testserver@example.org/",
        "\x00/",
        "%2f%2fexample.org",
    ],
)
def test_no_way_out_after_signing_in(web: None, wanted: str) -> None:
    from django.test import Client

    from custodiet.web.store.models import Person

    one = Person.objects.create(email="next@example.org", name="next")
    one.set_password("a whale in the canal")
    one.save()
    told = {"email": "next@example.org", "password": "a whale in the canal", "next": wanted}
    assert Client().post("/sign-in/", told)["Location"] in ("/", "%2f%2fexample.org")
    told["next"] = "/b/waterdorp/?a=b"
    assert Client().post("/sign-in/", told)["Location"] == "/b/waterdorp/?a=b"


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "a b", ""])
def test_another_name_is_not_answered(web: None, host: str) -> None:
    from django.test import Client

    answer = Client(headers={"Host": host}).get("/sign-in/")
    assert answer.status_code == 400
    assert not wrong_in(answer), wrong_in(answer)
    assert b"cannot be answered" in answer.content
    assert b"evil" not in answer.content
    forwarded = Client(headers={"X-Forwarded-Host": "evil.example"}).get("/b/waterdorp/")
    assert forwarded["Location"] == "/sign-in/?next=/b/waterdorp/"


def test_a_fault_tells_nothing_of_itself(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from custodiet.web import page

    def fail(*_: object) -> None:
        raise RuntimeError("secret-detail")

    client = person("viewer")
    client.raise_request_exception = False
    monkeypatch.setattr(page, "_shown", fail)
    for form, kind in (("", "text/html; charset=utf-8"), ("?as=json", "application/json")):
        answer = client.get(f"/b/waterdorp/{form}")
        assert (answer.status_code, answer["Content-Type"]) == (500, kind)
        assert b"Something went wrong here" in answer.content
        assert b"secret-detail" not in answer.content
        assert b"Traceback" not in answer.content
        assert not wrong_in(answer), wrong_in(answer)


def test_a_fault_is_told_where_no_database_answers(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError
    from django.db.models.sql.compiler import SQLCompiler

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("secret-detail")

    client = person("viewer")
    client.raise_request_exception = False
    monkeypatch.setattr(SQLCompiler, "execute_sql", fail)
    answer = client.get("/b/waterdorp/")
    assert answer.status_code == 500
    assert b"Something went wrong here" in answer.content
    assert not wrong_in(answer), wrong_in(answer)


@pytest.mark.parametrize("form", ["", "?as=json"])
def test_a_database_that_others_write_into_is_told_as_busy(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    from django.db import OperationalError
    from django.db.models.sql.compiler import SQLCompiler

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    client = person("viewer")
    client.raise_request_exception = False
    monkeypatch.setattr(SQLCompiler, "execute_sql", fail)
    answer = client.get(f"/b/waterdorp/{form}")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert b"This installation is busy." in answer.content and b"locked" not in answer.content
    assert not wrong_in(answer), wrong_in(answer)


def test_a_page_that_is_not_there_is_told_in_words(person: Callable[..., Any]) -> None:
    answer = person("viewer").get("/no-such-page")
    assert answer.status_code == 404
    assert b"There is no such page, or it is not for you." in answer.content
    assert person("viewer").get("/no-such-page?as=json").json()["reason"]


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_not_taken(person: Callable[..., Any], method: str) -> None:
    answer = getattr(person("viewer"), method)("/b/waterdorp/")
    assert answer.status_code == 405
    assert not wrong_in(answer), wrong_in(answer)

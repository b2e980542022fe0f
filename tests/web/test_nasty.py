"""What devices, files and people write to deceive or to act stays text: on every page, in a browser, in every form."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import msgspec
import pytest

from report.factory import with_text_everywhere
from report.nasty import nasty_strings

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET += [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
LONG = "<script>alert(1)</script>" * 2600
"""A line of 64 KB."""
OURS = re.compile(r"/static/[\w./-]+\.js$")


def texts() -> list[str]:
    """As they can stand in a case: halves of characters never get that far."""
    return [text.encode(errors="replace").decode() for text in nasty_strings()]


def renamed(value: Any, names: dict[str, str]) -> Any:
    """The same with other ids in it."""
    if isinstance(value, msgspec.Struct):
        return type(value)(**{name: renamed(getattr(value, name), names) for name in value.__struct_fields__})
    if isinstance(value, tuple):
        return tuple(renamed(inner, names) for inner in value)
    return names.get(value, value) if isinstance(value, str) else value


def device_with(text: str, number: int) -> tuple[Any, Any]:
    """The head of an assessment, and a device with one text in every field that a device, a file or a person fills."""
    head, found = with_text_everywhere(text)
    ids = {seen.id: f"{seen.id}-{number}" for seen in found[0].evidence}
    return head, renamed(found[0], {**ids, found[0].asset.id: f"nasty-{number}"})


@pytest.fixture
def put(web: None, cases: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts devices with these texts into a new body that is called `nasty`."""

    def publish(given: list[str], device_with: Callable[[str, int], tuple[Any, Any]] = device_with) -> None:
        from custodiet.web import publish as put_in
        from custodiet.web.knowledge import catalog
        from custodiet.web.store.models import Body, Observation

        made = [device_with(text, number) for number, text in enumerate(given)]
        monkeypatch.setattr(put_in.steps, "assess", lambda *_: made[0][0])
        monkeypatch.setattr(put_in.steps, "entries", lambda *_, **__: (entry for _, entry in made))
        body = Body.objects.create(id="nasty", name=given[0][:200])
        put_in.publish(cases["waterdorp"], body, catalog())
        Observation.objects.filter(body=body).delete()
        columns = ("id", "source", "subject", "attribute", "value", "locator", "first_seen", "last_seen", "count")
        seen = [one for _, entry in made for one in entry.evidence]
        for number, one in enumerate(seen, start=1):
            row = {
                name: getattr(one, name).replace("\0", "")
                if isinstance(getattr(one, name), str)
                else getattr(one, name)
                for name in columns
            }
            Observation.objects.create(body=body, number=number, **row)

    return publish


def acts(page: bytes) -> list[str]:
    """What of a page could act that is not ours."""
    tree = lxml.html.fromstring(page)
    found = [f"<{one.tag}>" for one in tree.iter("iframe", "object", "embed", "base", "frame", "applet", "style")]
    found += [
        f"script {one.get('src')}" for one in tree.iter("script") if not OURS.match(one.get("src") or "") or one.text
    ]
    found += [f"{name}=" for one in tree.iter() for name in one.keys() if name.startswith("on") or name == "style"]  # noqa: SIM118
    found += [str(one) for one in tree.xpath("//meta[@http-equiv]")]
    for link in (
        *tree.xpath("//@href"),
        *tree.xpath("//@src"),
        *tree.xpath("//@action"),
        *tree.xpath("//@*[name()='xlink:href']"),
    ):
        if (
            link != "data:,"
            and (urlsplit(link).scheme or link.startswith(("//", "\\")))
            and not link.startswith("data:image/")
        ):
            found.append(f"leads to {link[:80]}")
    return found


def test_each_text_in_each_field_is_text(put: Callable[..., None], person: Callable[..., Any]) -> None:
    put([*texts(), LONG])
    client = person("administrator", "nasty")
    for number in range(201):
        page = client.get(f"/b/nasty/devices/nasty-{number}/")
        assert page.status_code == 200
        assert not acts(page.content), (number, acts(page.content))
    assert b"{{ 7 * 7 }}" in client.get(f"/b/nasty/devices/nasty-{texts().index('{{ 7 * 7 }}')}/").content


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_nothing_runs_in_a_browser(
    put: Callable[..., None], person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page that links lead to, given to a browser by hand: there is no network, and no server."""
    from web.robot import walk, work

    loud = [text for text in texts() if "<" in text or "'" in text or '"' in text or ":" in text]
    put(["<script>alert(1)</script>", *loud])
    client = person("administrator", "nasty")
    work(client, '"><script>alert(1)</script><img src=https://example.org/x onerror=alert(1)>', "/b/nasty/")
    # taken before the browser runs: its loop has database connections of its own, to which nobody here is signed in
    given = {one: client.get(one) for each in walk(client).addresses.values() for one in each[:2]}
    pages = {one: answer for one, answer in given.items() if answer.get("Content-Type", "").startswith("text/html")}
    pages = {one: answer for one, answer in pages.items() if not answer.streaming}
    # pictures that pages show are asked for by the browser, which is signed in nowhere
    shown = {
        src: client.get(src)
        for one, answer in pages.items()
        for told in lxml.html.fromstring(answer.content).xpath("//img/@src | //*[local-name()='image']/@href")
        if (src := urljoin(one, told)).startswith("/b/")
    }
    held = {
        one: b"".join(answer.streaming_content) if answer.streaming else answer.content for one, answer in shown.items()
    }
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's own loop runs in this thread
    said: list[str] = []
    opened = 0

    def give(route: Any) -> None:
        asked = urlsplit(route.request.url)
        if asked.netloc != "localhost":
            said.append(f"asked for {route.request.url[:80]}")
            route.abort()
            return
        here = asked.path + (f"?{asked.query}" if asked.query else "")
        answer = pages.get(here) or shown.get(here) or client.get(here)
        body = held.get(here) or (b"".join(answer.streaming_content) if answer.streaming else answer.content)
        answer.close()
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=body)

    with browser() as running:
        context = running.new_context(base_url="http://localhost")
        context.route("**/*", give)
        page = context.new_page()

        def hear(told: Any) -> None:
            # that drawing without a graphics card is slow is no complaint
            if "GL Driver Message" not in (text := str(getattr(told, "text", told))):
                said.append(f"{type(told).__name__}: {text}")

        for event in ("console", "dialog", "pageerror"):
            page.on(event, hear)
        page.on("dialog", lambda dialog: dialog.dismiss())
        for address in pages:
            answered = page.goto(address)
            assert answered is not None
            assert answered.status == 200
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert not said, (address, said[:5])
            opened += page.locator("form[action='/sign-out/']").count()
    assert opened > 5


@contextmanager
def browser() -> Iterator[Any]:
    """A Chromium without a network."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


WRITTEN = [
    "a\0b",
    "\0",
    "<script>alert(1)</script>",
    "\u202egnp.exe",
    "\x1b[2J",
    "x" * 70_000,
    "{{ 7*7 }}",
    "' or 1=1 --",
    "\ud800",
]


def test_forms_take_or_refuse_what_is_written(person: Callable[..., Any]) -> None:
    """Never a fault of ours, whatever stands in a field or behind a question mark."""
    from custodiet.web.page import Page
    from web.robot import PAGES, walk

    client = person("administrator", administrator=True)
    client.raise_request_exception = False
    walked, wrong = walk(client), []
    for text in WRITTEN:
        sent = text.encode(errors="surrogatepass").decode("latin-1") if "\ud800" in text else text
        for forms in walked.forms.values():
            fields = {name: sent if isinstance(value, str) else value for name, value in forms[0].sent().items()}
            wrong += [forms[0].name] if _status(client.post, forms[0].address, fields) >= 500 else []
        for page in PAGES.values():
            if isinstance(page, Page) and (known := walked.at(page.name)):
                fields = {one.encode_name: sent[:5000] for one in msgspec.structs.fields(page.query)}
                wrong += [page.name] if _status(client.get, known[0].partition("?")[0], fields) >= 500 else []
        for address in ("/sign-in/", "/b/waterdorp/devices/%00/", "/welcome/%00/"):
            fields = {"email": sent, "password": sent, "next": sent}
            wrong += [address] if _status(client.post, address, fields) >= 500 else []
    assert not wrong, sorted(set(wrong))


def _status(ask: Any, address: str, fields: dict[str, Any]) -> int:
    from django.db import transaction

    with transaction.atomic():
        status = int(ask(address, fields).status_code)
        transaction.set_rollback(True)
    return status

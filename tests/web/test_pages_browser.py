"""Every page in a real browser: accessible, readable at 320 px, in both schemes; and the list moves without a reload.

The browser has no network: what it asks for is answered by hand.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
SMALL = {"width": 400, "height": 500}
"""A map is drawn without a graphics card here, so a small one is drawn sooner."""
LAND, WATER = (0xF7, 0xF5, 0xEF), (0xD3, 0xE3, 0xEE)
"""Of the map, as map.css says."""
BOTH = {"overview", "devices", "device"}
"""Pages that are looked at in both widths and schemes; each other page in one of them."""


@pytest.fixture(scope="module")
def client(started: None) -> Iterator[Any]:
    """Somebody who may do everything in a body; there for good until the end, since a browser's loop has database
    connections of its own, which see nothing of what is to be taken back."""
    from django.test import Client

    from custodiet.web.store.models import Membership, Person

    one = Person.objects.create(email="browser@example.org", name="Browser", administrator=True)
    Membership.objects.create(person=one, body_id="waterdorp", role="administrator")
    client = Client()
    client.force_login(one)
    yield client
    client.logout()
    one.delete()


@pytest.fixture(scope="module")
def walked(client: Any) -> Any:
    """All pages to which links lead."""
    from web.robot import walk

    return walk(client)


@pytest.fixture(scope="module")
def browser(client: Any, walked: Any) -> Iterator[Any]:
    """A browser without a network, and in this thread, where its own loop runs beside ours."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def opened(client: Any, browser: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page of a browser that sees what the client sees, and what it complained of."""
    said: list[str] = []

    def give(route: Any) -> None:
        asked = urlsplit(route.request.url)
        if asked.netloc != "localhost":
            said.append(f"asked for {route.request.url}")
            return route.abort()
        headers = {"HX-Request": "true"} if "hx-request" in route.request.headers else {}
        answer = client.get(f"{asked.path}?{asked.query}", headers=headers)
        if answer.status_code != 200:
            said.append(f"{asked.path} answers {answer.status_code}")
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
        return route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=body)

    context = browser.new_context(base_url="http://localhost")
    context.route("**/*", give)
    page = context.new_page()
    # that drawing without a graphics card is slow is no complaint
    page.on("console", lambda told: None if "GL Driver Message" in told.text else said.append(told.text))
    page.on("pageerror", lambda fault: said.append(str(fault)))
    yield page, said
    context.close()


def test_every_page_is_accessible_and_none_scrolls_sideways(
    client: Any, walked: Any, opened: tuple[Any, list[str]]
) -> None:
    page, said = opened
    seen = set()
    for name, addresses in walked.addresses.items():
        address = next((one for one in addresses if "as=" not in one), "")
        if not address or not client.head(address).get("Content-Type", "").startswith("text/html"):
            continue
        seen.add(name)
        for width, scheme in [(320, "dark"), (1280, "light")][: 2 if name in BOTH else 1]:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            found = Axe().run(page)
            assert found.violations_count == 0, (address, width, scheme, found.generate_report())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            assert said == [], address
    assert seen >= BOTH


def test_the_list_is_narrowed_without_a_reload(opened: tuple[Any, list[str]]) -> None:
    page, said = opened
    page.goto("/b/waterdorp/devices/")
    page.evaluate("window.stays = true")
    page.click("details.filters > summary")
    page.select_option("#f-maker", "hikvision")
    expect(page.locator("table.devices tbody tr")).to_have_count(1)
    assert page.inner_text("#count") == "1 of 3 devices"
    assert "maker=hikvision" in page.url
    assert page.evaluate("window.stays && document.querySelector('details.filters').open")
    page.fill("#q", "nowhere")
    page.press("#q", "Enter")
    page.wait_for_selector("text=No device fits all of that")
    assert page.evaluate("window.stays")
    page.click("text=Show all")
    assert page.inner_text("#count") == "3 devices"
    assert said == []


def test_a_link_to_the_evidence_opens_it(opened: tuple[Any, list[str]]) -> None:
    page, _said = opened
    page.goto("/b/waterdorp/devices/?maker=hikvision")
    page.click("table.devices th a")
    assert not page.evaluate("document.querySelector('#evidence').open")
    page.click(".first dd a[href^='#ast-']")
    expect(page.locator("#evidence tr:target")).to_be_visible()


def test_paper_has_the_words_and_not_the_buttons(opened: tuple[Any, list[str]]) -> None:
    page, _said = opened
    page.goto("/b/waterdorp/devices/")
    page.emulate_media(media="print")
    assert page.is_visible("text=sold as HiLook")
    assert not page.is_visible("button")


OF_THE_SCREEN = """() => {
  const shown = (one) => one.checkVisibility() && getComputedStyle(one).position !== "absolute";
  const written = (one) => [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim());
  const says = (one) => /^(IMG|image|path)$/.test(one.tagName) || written(one);
  const all = [...document.querySelectorAll("main *")].filter(shown);
  const headings = all.filter((one) => /^H[2-6]$/.test(one.tagName));
  const empty = (heading) => {
    const part = heading.closest("section, article, main");
    const ends = (one) => !part.contains(one) || (headings.includes(one) && one.tagName <= heading.tagName);
    const after = all.slice(all.indexOf(heading) + 1).filter((one) => !heading.contains(one));
    const next = after.findIndex(ends);
    return !after.slice(0, next < 0 ? undefined : next).some(says);
  };
  const done = all.filter((one) => one.matches("button, .button, input, select, textarea"));
  return [...done, ...headings.filter(empty)].map((one) => one.outerHTML.slice(0, 150));
}"""
"""What can only be done on a screen, and headings that have nothing below them."""


@pytest.fixture
def busy(client: Any) -> Iterator[list[str]]:
    """Pages on which there is something to be done, which are not there otherwise."""
    from datetime import UTC, datetime

    from django.core.files.uploadedfile import SimpleUploadedFile

    from custodiet.web.store import models
    from web.robot import PICTURE

    body, now = models.Body.objects.get(id="waterdorp"), datetime.now(UTC)
    home, who = "/b/waterdorp/", {"who": "x", "at": now}
    device = client.get(f"{home}devices/?as=json").json()["rows"][0]["id"]
    added = [
        client.post(f"{home}{deed}/", fields)["Location"]
        for deed, fields in (
            ("site-add", {"name": "Ministry", "theirs": "true"}),
            ("sites/stadhuis/plans/add", {"name": "Ground", "picture": SimpleUploadedFile("a.png", PICTURE)}),
            (f"devices/{device}/photos/add", {"photo": SimpleUploadedFile("b.png", PICTURE)}),
        )
    ]
    told = {"label": "x", "kind": "replace", "owner": "", "due": "", "state": "open", "evidence": ""}
    work = models.Work.objects.create(body=body, asset=device, **told, **who)
    hook = {"address": "https://example.org/", "topics": "", "secret": b"x", "language": "en"}
    models.Webhook.objects.create(body=body, **hook, **who)
    told = {
        "digest": "0" * 64,
        "label": "Desk",
        "rights": "see",
        "made_by": "x",
        "since": now,
        "until": now.replace(2999),
    }
    models.Token.objects.create(body=body, **told)
    yield [*added, f"{home}work/{work.number}/", f"{home}members/?person=browser@example.org"]
    for table in ("OwnSite", "Plan", "LabelPhoto", "Work", "Webhook", "Token"):
        getattr(models, table).objects.filter(body=body).delete()
    models.Body.objects.filter(id=body.id).update(described=body.described)


def test_on_paper_nothing_is_to_be_done_and_no_heading_is_empty(
    client: Any, walked: Any, busy: list[str], opened: tuple[Any, list[str]]
) -> None:
    page, _said = opened
    page.emulate_media(media="print")
    first = [next((one for one in addresses if "as=" not in one), "") for addresses in walked.addresses.values()]
    html = [one for one in first if one and client.head(one).get("Content-Type", "").startswith("text/html")]
    for address in (*busy, *html):
        page.goto(address)
        assert page.evaluate(OF_THE_SCREEN) == [], address


def test_paper_says_what_was_asked_for_and_has_no_empty_column(opened: tuple[Any, list[str]]) -> None:
    page, _said = opened
    page.emulate_media(media="print")
    page.goto("/b/waterdorp/devices/?maker=hikvision&kind=surveillance")
    assert page.is_visible("text=1 of 3 devices") and page.is_visible(".asked >> text=Hikvision")
    assert not page.is_visible("text=Show all")
    page.goto("/b/waterdorp/reconciliation/?kind=surveillance&standing=ghost&site=stadhuis")
    assert page.locator(".chips li:visible").count() == 2, "the kind and how they stand, of all that can be chosen"
    assert page.is_visible("p:has-text('Site: Stadhuis')")
    assert not page.is_visible("select")
    assert not page.is_visible("th:has-text('Settle')") and not page.is_visible("td[data-label=Settle]")


def test_paper_has_a_device_without_its_long_tables(opened: tuple[Any, list[str]]) -> None:
    page, _said = opened
    page.goto("/b/waterdorp/devices/?maker=hikvision")
    page.click("table.devices th a")
    page.emulate_media(media="print")
    for with_script in (False, True):
        if with_script:
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("details.law blockquote").first.is_visible()
        assert page.locator("#names .claims").first.is_visible()
        assert not page.locator("#evidence table").first.is_visible()
        assert not page.locator(".answers").first.is_visible()
        assert not page.is_visible("text=Keep a note")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("document.querySelector('#names').open")


@pytest.fixture
def placed(client: Any) -> Iterator[None]:
    """One site of the body on the map."""
    from datetime import UTC, datetime

    from custodiet.web.store.models import SitePlace

    told = {"site": "stadhuis", "latitude": 52.478, "longitude": 5.56, "who": "x", "at": datetime.now(UTC)}
    row = SitePlace.objects.create(body_id="waterdorp", **told)
    yield
    row.delete()


def test_the_map_is_drawn_from_here_alone_and_its_sites_are_reached_by_keyboard(
    placed: None, opened: tuple[Any, list[str]]
) -> None:
    page, said = opened
    page.set_viewport_size(SMALL)
    page.goto("/b/waterdorp/map/")
    page.wait_for_selector("figure.map[data-ready]")
    assert said == []  # nothing was asked elsewhere, and the policy refused nothing
    assert page.locator(".chart canvas").is_visible() and not page.locator(".overview").is_visible()
    assert Axe().run(page).violations_count == 0
    page.focus(".chart canvas")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.chart a.pin')"):
            break
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Stadhuis: 2 devices")
    with Image.open(io.BytesIO(page.locator(".chart canvas").screenshot())) as seen:
        colours = {colour for number, colour in seen.convert("RGB").getcolors(1 << 20) if number > 500}
    assert {LAND, WATER} <= colours
    page.keyboard.press("Enter")
    page.wait_for_url("**/sites/stadhuis/")


@pytest.mark.parametrize("address", ["/b/waterdorp/map/", "/b/waterdorp/sites/stadhuis/"])
def test_paper_is_light_where_the_screen_is_dark(placed: None, opened: tuple[Any, list[str]], address: str) -> None:
    page, _said = opened
    page.set_viewport_size(SMALL)
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    page.wait_for_selector("figure.map[data-ready]")
    page.emulate_media(color_scheme="dark", media="print")
    assert page.locator(".overview").is_visible() and not page.locator(".chart").is_visible()
    with Image.open(io.BytesIO(page.locator(".overview").screenshot())) as seen:
        colours = {colour for number, colour in seen.convert("RGB").getcolors(1 << 20) if number > 500}
    assert {LAND, WATER} <= colours
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )


def test_without_webgl_the_picture_stays(placed: None, opened: tuple[Any, list[str]]) -> None:
    page, said = opened
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/b/waterdorp/map/")
    page.wait_for_load_state("networkidle")
    assert said == [] and page.locator(".chart").count() == 0
    page.focus(".overview a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sites/stadhuis/")


def test_a_click_on_the_map_fills_in_the_place(placed: None, opened: tuple[Any, list[str]]) -> None:
    page, said = opened
    page.set_viewport_size(SMALL)
    page.goto("/b/waterdorp/sites/stadhuis/")
    page.wait_for_selector("figure.map[data-ready]")
    box = page.locator(".chart canvas").bounding_box()
    page.locator(".chart canvas").click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    expect(page.locator("#place-e")).not_to_have_value("5.56")
    assert float(page.input_value("#place-e")) < 5.56 and abs(float(page.input_value("#place-n")) - 52.478) < 0.01
    assert said == []

"""A pin is put on a floor plan by a mouse and by keys alone, in a real browser, and the page is accessible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from web.test_pages_browser import CHROMIUM, QUIET
from web.test_plans import HERE, bring, device

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(started: None) -> Iterator[tuple[Page, Any, str]]:
    """The page of a plan in a browser without a network; what it says is answered by hand."""
    from django.test import Client

    from custodiet.web.store.models import Membership, Person, Plan

    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    one = Person.objects.create(email="plans@example.org", name="Plans")
    Membership.objects.create(person=one, body_id="waterdorp", role="editor")
    client = Client()
    client.force_login(one)
    here = bring(client)["Location"]

    def give(route: Any) -> None:
        asked, told = urlsplit(route.request.url), route.request
        address = f"{asked.path}?{asked.query}"
        kind = told.headers.get("content-type", "")
        answer = (
            client.post(address, told.post_data, content_type=kind) if told.method == "POST" else client.get(address)
        )
        if answer.status_code == 302:
            # a browser follows a redirect by itself, past whoever answers by hand, to a server that is not there; a
            # page that leads on is followed by asking here
            leads = f'<meta http-equiv="refresh" content="0;url={answer["Location"]}">'
            route.fulfill(content_type="text/html", body=leads)
            return
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=body)

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context(base_url="http://localhost", viewport={"width": 1280, "height": 900})
        context.route("**/*", give)
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda told: faults.append(told.text))
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(here)
        yield page, client, here
        assert faults == []
        browser.close()
    Plan.objects.all().delete()
    client.logout()
    one.delete()


def test_a_pin_is_put_by_mouse_and_by_keys(page: tuple[Page, Any, str]) -> None:
    at, client, here = page
    first, second = device(client), device(client, "W-2")
    plan = at.locator("figure.plan > svg")
    box = plan.bounding_box()
    assert box is not None
    at.select_option("#pin-device", first)
    at.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    x, y = (int(at.input_value(f"#pin-{name}")) for name in "xy")
    assert abs(x - 250) <= 3 and abs(y - 500) <= 3  # a screen has whole points
    at.fill("#pin-direction", "90")
    at.click("#pin-form button")
    expect(at.locator("a.pin .cone")).to_have_attribute("transform", "rotate(90)")
    # keys alone: the spot is reached by Tab, moved by arrows, and put by Enter
    at.focus("#pin-device")
    at.select_option("#pin-device", second)
    spot = at.locator(".plan .spot")
    spot.focus()
    for key in ("ArrowRight", "Shift+ArrowUp", "Shift+ArrowUp", "ArrowLeft", "ArrowLeft"):
        at.keyboard.press(key)
    expect(spot).to_have_attribute("aria-label", at.locator("figure.plan").get_attribute("data-name") + " (495, 400)")
    at.keyboard.press("Enter")
    expect(at.locator("table tbody tr")).to_have_count(2)
    told = {pin["device"]: pin for pin in client.get(f"{here}?as=json").json()["pins"]}
    assert (told[first]["x"], told[first]["y"], told[first]["direction"]) == (x, y, 90)
    assert (told[second]["x"], told[second]["y"], told[second]["direction"]) == (495, 400, None)
    # to move one, its place is there to begin with
    at.select_option("#pin-device", first)
    expect(at.locator("#pin-x")).to_have_value(str(x))
    expect(at.locator("#pin-direction")).to_have_value("90")


def test_the_page_of_a_plan_is_accessible_and_does_not_scroll_sideways(page: tuple[Page, Any, str]) -> None:
    at, client, here = page
    client.post(f"{here}pin/", {"device": device(client), "x": 300, "y": 400, "direction": 10})
    for width, scheme in ((320, "dark"), (1280, "light")):
        at.set_viewport_size({"width": width, "height": 800})
        at.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for address in (here, f"{HERE}sites/stadhuis/")[: 1 + (width == 320)]:
            at.goto(address)
            at.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            found = Axe().run(at)
            assert found.violations_count == 0, (address, width, found.generate_report())
            assert at.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
